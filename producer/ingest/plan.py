"""The plan of an ingestion: everything that the user says, checked before anything is read."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b

from pydantic import ValidationError

from producer.ingest.columns.choice import ColumnChoice
from producer.ingest.errors import IngestError
from producer.ingest.readers.encoding import is_broken
from producer.ingest.readers.input import Input, parse_inputs
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.recipes.find_recipe import load_recipe, recognise_recipe
from producer.ingest.recipes.recipe import Recipe
from producer.ingest.recipes.write_recipe import write_recipe
from producer.ingest.texts.text_cleaner import TextCleaner
from producer.ingest.times.written_times import DAY_FIRST, MONTH_FIRST
from schema.analyses import UnknownAnalysisError, parse_analyses
from schema.catalog import CatalogError, load_catalog
from schema.options import RunOptions
from schema.settings import Settings

_RUN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Plan:
    """What to ingest and how.

    Attributes:
        inputs: In the order in which they are read.
        run: The run's name.
        source: Of all documents; None when rows or inputs tell it.
        columns: Columns that the user names.
        analyses: In standard order.
        options: Of the run.
        limit: Rows to read at the most, over all inputs; None for all.
        texts: What is taken out of texts.
        day_order: What dates like 03/04/2026 mean; None: what the input shows.
        recipe: The user's own recipe, or the name of one of ours; None: what the header shows.
        reading: How inputs are read.
    """

    inputs: tuple[Input, ...]
    run: str
    source: str | None
    columns: ColumnChoice
    analyses: tuple[str, ...]
    options: RunOptions
    limit: int | None
    texts: TextCleaner = TextCleaner()
    day_order: str | None = None
    recipe: Recipe | str | None = None
    reading: ReadingOptions = ReadingOptions()

    def recipe_for(self, columns: Sequence[str]) -> Recipe | None:
        """The recipe of an input with these columns; None where there is none."""
        if isinstance(self.recipe, Recipe):
            return self.recipe
        return recognise_recipe(columns, self.recipe)


def make_plan(
    settings: Settings,
    paths: Sequence[str],
    *,
    run: str | None = None,
    source: str | None = None,
    columns: ColumnChoice | None = None,
    analyses: str | None = None,
    questions: Sequence[str] = (),
    translate_to: str | None = None,
    reading: ReadingOptions | None = None,
    limit: int | None = None,
    texts: TextCleaner | None = None,
    day_order: str | None = None,
    recipe: str | None = None,
) -> Plan:
    """Check what the user says, and make a plan of it. See `triage ingest --help` for each.

    Raises:
        IngestError: If something cannot be done.
    """
    columns, texts = columns or ColumnChoice(), texts or TextCleaner()
    reading = reading or ReadingOptions()
    own = load_recipe(recipe) if recipe is not None else None
    if own:
        source = source if source is not None else own.source
        reading, day_order = reading.or_else(own.reading), day_order or own.day_order
    inputs = parse_inputs(paths, reading, settings.text_limit)
    _refuse_twice(inputs)
    if source is not None and (not source.strip() or "\0" in source):
        raise IngestError("--source is empty; leave it out to take the name of the file")
    if source is not None and is_broken(source):
        raise IngestError("--source is not UTF-8; write it in the encoding of the terminal")
    if limit is not None and limit < 1:
        raise IngestError("--limit must be 1 or more")
    options = make_options(questions, translate_to)
    chosen = choose_analyses(analyses, settings.models, options)
    if run is not None and not _RUN_NAME.fullmatch(run):
        raise IngestError(
            f"--run {run!r}: a run's name is made of letters, digits, '.', '_' and '-', "
            "100 at the most"
        )
    first = [source, columns.requested(), chosen, options.model_dump(), reading.encoding, limit]
    # What came later counts only where it is said: a run keeps its name.
    later = {
        "texts": asdict(texts) if texts != TextCleaner() else None,
        "day_order": day_order,
        "recipe": write_recipe(own) if own else recipe,
    }
    more = {name: one for name, one in later.items() if one is not None}
    name = run or _derive_name(inputs, [*first, *filter(None, (reading.given(), more))])
    return Plan(
        inputs=inputs,
        run=name,
        source=source,
        columns=columns,
        analyses=chosen,
        options=options,
        limit=limit,
        texts=texts,
        day_order=day_order,
        recipe=own or recipe,
        reading=reading,
    )


def requested_order(dayfirst: bool, monthfirst: bool) -> str | None:
    """What dates like 03/04/2026 mean by the options; None where the input shows it.

    Raises:
        IngestError: If both are given.
    """
    if dayfirst and monthfirst:
        raise IngestError("--dayfirst and --monthfirst exclude each other; give one of them")
    return DAY_FIRST if dayfirst else MONTH_FIRST if monthfirst else None


def make_options(questions: Sequence[str], translate_to: str | None) -> RunOptions:
    """The options of a run; the defaults for what is not said.

    Raises:
        IngestError: If a question is empty, or the language is no code.
    """
    said: dict[str, object] = {}
    if questions:
        asked = tuple(question.strip() for question in questions)
        if not all(asked):
            raise IngestError("--question is empty")
        said["questions"] = asked
    if translate_to is not None:
        said["translate_to"] = translate_to.strip().lower()
    try:
        return RunOptions.model_validate(said)
    except ValidationError:
        raise IngestError(
            f"--translate-to {translate_to!r} is no language code; write de for German, fr for "
            "French"
        ) from None


def choose_analyses(named: str | None, models: str, options: RunOptions) -> tuple[str, ...]:
    """The analyses that are named, separated by commas; or all that the catalog has models for.

    Raises:
        IngestError: If the catalog has no model for one of them, or for the target language; the
            message says what it has.
    """
    try:
        catalog = load_catalog(models)
        analyses = catalog.served if named is None else parse_analyses(named)
    except (CatalogError, UnknownAnalysisError) as error:
        raise IngestError(str(error)) from None
    if not analyses:
        raise IngestError(
            f"the catalog {models!r} (TRIAGE_MODELS) has no model for any analysis; add one"
        )
    for analysis in analyses:
        if not catalog.serves(analysis):
            raise IngestError(
                f"the catalog {models!r} (TRIAGE_MODELS) has no model for {analysis!r}; add one or "
                "name the others with --analyses"
            )
    targets = catalog.targets()
    if "translation" in analyses and targets is not None and options.translate_to not in targets:
        raise IngestError(
            f"the catalog {models!r} (TRIAGE_MODELS) cannot translate into "
            f"{options.translate_to!r}, only into {', '.join(sorted(targets))}; "
            "choose with --translate-to, or leave translation out of --analyses"
        )
    return analyses


def _refuse_twice(inputs: Sequence[Input]) -> None:
    keys: set[str] = set()
    for one in inputs:
        if one.key in keys:
            raise IngestError(f"{one.name} is given twice")
        keys.add(one.key)


def _derive_name(inputs: Sequence[Input], asked: Sequence[object]) -> str:
    """The same for the same command, so that running it again resumes."""
    content = json.dumps([[one.key for one in inputs], *asked], ensure_ascii=True)
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", inputs[0].stem).strip("-_")[:80] or "run"
    return f"{stem}-{blake2b(content.encode(), digest_size=3).hexdigest()}"
