"""The plan of an ingestion: everything that the user says, checked before anything is read."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b

from pydantic import ValidationError

from producer.ingest.errors import EmptyInputError, IngestError
from producer.ingest.on_change import OnChange
from producer.ingest.readers.encoding import is_broken
from producer.ingest.readers.input import Input, parse_input
from producer.ingest.validation.columns import ColumnChoice
from schema.analyses import ANALYSES, UnknownAnalysisError, parse_analyses
from schema.catalog import CatalogError, load_catalog
from schema.options import RunOptions
from schema.settings import Settings

#: Part of the rows that may be rejected before an ingestion has failed.
MAX_REJECTED = 0.1

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
        on_change: What is done with a row whose document is stored with other content; None to
            update it, unless most of the input's documents are.
        analyse_again: Whether documents join the run that another run of the same analyses and
            options has, and that have not changed since.
        id_from: Roles and columns that documents are known by, in place of an id.
        snapshot: Whether the inputs are all that there is of their sources.
        max_rejected: Part of the rows that may be rejected before the ingestion has failed.
        empty: Files without a byte, which are passed over.
    """

    inputs: tuple[Input, ...]
    run: str
    source: str | None
    columns: ColumnChoice
    analyses: tuple[str, ...]
    options: RunOptions
    limit: int | None
    on_change: OnChange | None = None
    analyse_again: bool = False
    id_from: tuple[str, ...] = ()
    snapshot: bool = False
    max_rejected: float = MAX_REJECTED
    empty: tuple[str, ...] = ()


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
    encoding: str | None = None,
    limit: int | None = None,
    on_change: str | None = None,
    analyse_again: bool | None = None,
    id_from: str | None = None,
    snapshot: bool = False,
    max_rejected: float = MAX_REJECTED,
) -> Plan:
    """Check what the user says, and make a plan of it. See `triage ingest --help` for each.

    Raises:
        IngestError: If something cannot be done.
    """
    columns = columns or ColumnChoice()
    inputs, empty = _parse_inputs(paths, encoding, settings.text_limit)
    _refuse_twice(inputs)
    _check_source(source)
    _check_amounts(limit, max_rejected, snapshot)
    try:
        chosen = parse_analyses(analyses) if analyses is not None else ANALYSES
    except UnknownAnalysisError as error:
        raise IngestError(str(error)) from None
    options = make_options(questions, translate_to)
    check_catalog(settings.models, chosen, options)
    if run is not None and not _RUN_NAME.fullmatch(run):
        raise IngestError(
            f"--run {run!r}: a run's name is made of letters, digits, '.', '_' and '-', "
            "100 at the most"
        )
    known_by = _read_id_from(id_from)
    asked = [source, asdict(columns), chosen, options.model_dump(), encoding, limit]
    # Not what may differ when the same command is run again, nor where it says nothing new: a run
    # that an older version has begun keeps its name.
    asked += [known_by] if known_by else []
    name = run or _derive_name(inputs, asked)
    return Plan(
        inputs,
        name,
        source,
        columns,
        chosen,
        options,
        limit,
        on_change=_read_on_change(on_change),
        analyse_again=run is not None if analyse_again is None else analyse_again,
        id_from=known_by,
        snapshot=snapshot,
        max_rejected=max_rejected,
        empty=empty,
    )


def _check_source(source: str | None) -> None:
    if source is not None and (not source.strip() or "\0" in source):
        raise IngestError("--source is empty; leave it out to take the name of the file")
    if source is not None and is_broken(source):
        raise IngestError("--source is not UTF-8; write it in the encoding of the terminal")


def _check_amounts(limit: int | None, max_rejected: float, snapshot: bool) -> None:
    if limit is not None and limit < 1:
        raise IngestError("--limit must be 1 or more")
    if not 0 <= max_rejected <= 1:
        raise IngestError("--max-rejected must be from 0 to 100 %")
    if snapshot and limit is not None:
        raise IngestError("--snapshot needs all rows; leave --limit out")


def _parse_inputs(
    paths: Sequence[str], encoding: str | None, text_limit: int
) -> tuple[tuple[Input, ...], tuple[str, ...]]:
    """The inputs, and the names of those that are empty where others are not."""
    inputs: list[Input] = []
    empty: list[EmptyInputError] = []
    names: list[str] = []
    for path in paths:
        try:
            inputs.append(parse_input(path, encoding, text_limit))
        except EmptyInputError as error:
            empty.append(error)
            names.append(path)
    if not inputs:
        raise empty[0]
    return tuple(inputs), tuple(names)


def _read_id_from(said: str | None) -> tuple[str, ...]:
    if said is None:
        return ()
    names = tuple(name.strip() for name in said.split(","))
    if not all(names):
        raise IngestError("--id-from is empty; say e.g. --id-from text,time")
    return names


def _read_on_change(said: str | None) -> OnChange | None:
    try:
        return None if said is None else OnChange(said)
    except ValueError:
        known = ", ".join(OnChange)
        raise IngestError(f"--on-change {said!r} is not known; say one of {known}") from None


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


def check_catalog(models: str, analyses: Sequence[str], options: RunOptions) -> None:
    """Make sure that the catalog has a model for every analysis, and for the language asked for.

    Raises:
        IngestError: If it has not; the message says what it has.
    """
    try:
        catalog = load_catalog(models)
    except CatalogError as error:
        raise IngestError(str(error)) from None
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
