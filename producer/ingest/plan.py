"""The plan of an ingestion: everything that the user says, checked before anything is read."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

from producer.ingest.columns.choice import ColumnChoice
from producer.ingest.errors import IngestError
from producer.ingest.on_change import OnChange
from producer.ingest.ratings.rating_scale import RatingScale
from producer.ingest.readers.input import Input, parse_inputs
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.recipes.find_recipe import load_recipe, recognise_recipe
from producer.ingest.recipes.recipe import Recipe
from producer.ingest.recipes.write_recipe import write_recipe
from producer.ingest.request import MAX_REJECTED, IngestRequest
from producer.ingest.run_options import (
    choose_analyses,
    choose_library,
    choose_needs,
    make_options,
)
from producer.ingest.texts.text_cleaner import TextCleaner
from schema.options import RunOptions
from schema.settings import Settings


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
        rating_scale: The worst and the best of ratings; None: what the input shows.
        needs: What its analyses wait for, see `Run.needs`; None where all is read as it is.
        limit: Rows to read at the most, over all inputs; None for all.
        texts: What is taken out of texts.
        day_order: What dates like 03/04/2026 mean; None: what the input shows.
        recipe: The user's own recipe, or the name of one of ours; None: what the header shows.
        reading: How inputs are read.
        on_change: What is done with a row whose document is stored with other content; None to
            update it, unless most of the input's documents are.
        analyse_again: Whether documents join the run that another run of the same analyses and
            options has, and that have not changed since.
        fresh: Whether all documents of the run are computed, also those whose results are known.
        id_from: Roles and columns that documents are known by, in place of an id.
        snapshot: Whether the inputs are all that there is of their sources.
        max_rejected: Part of the rows that may be rejected before the ingestion has failed.
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
    on_change: OnChange | None = None
    analyse_again: bool = False
    fresh: bool = False
    id_from: tuple[str, ...] = ()
    snapshot: bool = False
    max_rejected: float = MAX_REJECTED
    needs: dict[str, list[str]] | None = None
    rating_scale: RatingScale | None = None

    @property
    def says_id(self) -> bool:
        """Whether the user says what documents are known by, be it that there is no id."""
        own = self.recipe.columns.id if isinstance(self.recipe, Recipe) else None
        return bool(self.id_from) or self.columns.id is not None or own is not None

    def recipe_for(self, columns: Sequence[str]) -> Recipe | None:
        """The recipe of an input with these columns; None where there is none."""
        if isinstance(self.recipe, Recipe):
            return self.recipe
        return recognise_recipe(columns, self.recipe)


def make_plan(settings: Settings, paths: Sequence[str | Input], **requested: Any) -> Plan:
    """Check what the user says, and make a plan of it.

    Args:
        settings: For the catalog of models, and the size of texts.
        paths: The inputs, as `triage ingest` takes them, or made elsewhere.
        **requested: What `IngestRequest` has.

    Raises:
        IngestError: If something cannot be done.
    """
    request = IngestRequest(**requested)
    own = load_recipe(request.recipe) if request.recipe is not None else None
    if own:
        request = request.with_recipe(own)
    inputs = _inputs(paths, request.reading, settings.text_limit)
    _refuse_twice(inputs)
    request.check()
    library = choose_library(request.replies, request.analyses, settings.models)
    options = make_options(request.questions, request.translate_to, library)
    by_language = not request.no_language
    chosen = choose_analyses(request.analyses, settings.models, options, by_language=by_language)
    again = request.analyse_again
    if again is None:
        again = request.run is not None or request.fresh
    return Plan(
        inputs=inputs,
        run=request.run or _derive_name(inputs, request, own, chosen, options),
        source=request.source,
        columns=request.columns,
        analyses=chosen,
        options=options,
        needs=choose_needs(chosen, settings.models, options),
        limit=request.limit,
        texts=request.texts,
        day_order=request.day_order,
        recipe=own or request.recipe,
        reading=request.reading,
        on_change=request.change(),
        analyse_again=again,
        fresh=request.fresh,
        id_from=request.known_by(),
        snapshot=request.snapshot,
        max_rejected=request.max_rejected,
        rating_scale=request.rating_scale,
    )


def _inputs(
    paths: Sequence[str | Input], reading: ReadingOptions, text_limit: int
) -> tuple[Input, ...]:
    inputs: list[Input] = []
    for one in paths:
        inputs += [one] if isinstance(one, Input) else parse_inputs([one], reading, text_limit)
    return tuple(inputs)


def _refuse_twice(inputs: Sequence[Input]) -> None:
    keys: set[str] = set()
    for one in inputs:
        if one.key in keys:
            raise IngestError(f"{one.name} is given twice")
        keys.add(one.key)


def _derive_name(
    inputs: Sequence[Input],
    request: IngestRequest,
    own: Recipe | None,
    chosen: Sequence[str],
    options: RunOptions,
) -> str:
    """The same for the same command, so that running it again resumes."""
    columns, reading = request.columns.requested(), request.reading
    first = [request.source, columns, chosen, options.stored(), reading.encoding, request.limit]
    # What came later counts only where it is said, so that a run that an older version has begun
    # keeps its name; and what may differ when the same command is run again does not.
    later = {
        "texts": asdict(request.texts) if request.texts != TextCleaner() else None,
        "day_order": request.day_order,
        "recipe": write_recipe(own) if own else request.recipe,
        "fresh": request.fresh or None,
        "rating_scale": request.rating_scale,
    }
    more = {name: one for name, one in later.items() if one is not None}
    asked = [*first, *filter(None, (reading.given(), more, request.known_by()))]
    content = json.dumps([[one.key for one in inputs], *asked], ensure_ascii=True)
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", inputs[0].stem).strip("-_")[:80] or "run"
    return f"{stem}-{blake2b(content.encode(), digest_size=3).hexdigest()}"
