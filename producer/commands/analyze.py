"""`triage analyze`: what the models say of some texts, without queue or database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from producer.commands.analyzed_output import AnalyzedFormat, AnalyzedOutput
from producer.commands.report import TABLE_LIMIT
from producer.display.say import say
from producer.engine.analysis_request import AnalysisRequest, read_request
from producer.engine.analyzed import AnalyzedRow, analyze_rows
from producer.engine.engine_process import EngineProcess
from producer.engine.texts import Texts, find_texts, given_texts
from producer.errors import UsageError
from producer.ingest import ColumnChoice, IngestError
from producer.nodes.requirements import require_worker_extra
from producer.session import open_settings
from schema.settings import Settings

#: What `--replies` is.
LIBRARY = "For reply: your team's answers, a table with title, when, reply."
#: What it ends with where some rows were not analysed, or some inputs not read.
SOME_FAILED = 1
#: Sentences on rows that were not analysed, one by one; of more, the number.
MOST_NAMED = 20


def analyze(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH…]",
            help="What `triage ingest` reads: CSV, JSON Lines, Parquet, workbooks …; a .txt has a "
            "text a line; - is JSON Lines on standard input.",
        ),
    ] = None,
    text: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="A text itself; may be repeated.")
    ] = None,
    column: Annotated[
        str | None, typer.Option(metavar="COL", help="Text column; found by names and values.")
    ] = None,
    analyses: Annotated[
        str | None, typer.Option(help="Only these, separated by commas.", metavar="A,B")
    ] = None,
    question: Annotated[list[str] | None, typer.Option(help="For qa; may be repeated.")] = None,
    translate_to: Annotated[str | None, typer.Option(help="For translation, e.g. de.")] = None,
    replies: Annotated[str | None, typer.Option(metavar="FILE", help=LIBRARY)] = None,
    models: Annotated[str | None, typer.Option(help="pocket, hub, or a catalog's path.")] = None,
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help=f"Only N rows; 0: all. Tables: {TABLE_LIMIT}."),
    ] = None,
    format: Annotated[
        AnalyzedFormat | None,
        typer.Option(help="By default what --output ends in; else table, or jsonl in a pipe."),
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="F", help="Write to this file.")] = None,
) -> None:
    """Try models on a few texts: files or texts in, each with its results out."""
    require_worker_extra()
    config = open_settings()
    named = (models or config.models, analyses, question or (), translate_to, replies)
    request = read_request(*named)
    written = AnalyzedOutput.chosen(format, output, limit)
    if bool(paths) == bool(text):
        raise UsageError(
            "name files, or give texts with --text, one or the other; the text column of a file is "
            "named with --column"
        )
    texts = _texts(config, paths, text, column)
    with closing(EngineProcess(models)) as engine:
        errors = _write(texts, engine, request, written)
        for note in engine.notes:
            _note(note)
    _end(texts, errors)


def _texts(
    config: Settings, paths: list[str] | None, texts: list[str] | None, column: str | None
) -> Texts:
    if not paths:
        return given_texts(config, texts or ())
    try:
        return find_texts(config, paths, ColumnChoice(text=column), _note)
    except IngestError as error:
        raise UsageError(_with_own_options(str(error))) from None


def _write(
    texts: Texts, engine: EngineProcess, request: AnalysisRequest, written: AnalyzedOutput
) -> list[str]:
    """Analyse and write; returns what went wrong with rows, a sentence each."""
    errors: list[str] = []

    def noted(rows: Iterator[AnalyzedRow]) -> Iterator[AnalyzedRow]:
        for row in rows:
            if row.error is not None:
                row = replace(row, error=_with_own_options(row.error))
                errors.append(str(row.error))
            yield row

    rows = texts.rows()
    shown = islice(rows, written.limit) if written.limit else rows
    written.write(
        noted(analyze_rows(shown, engine, request)), request.analyses, len(texts.inputs) > 1
    )
    if written.is_cut and next(rows, None) is not None:
        say(f"only the first {written.limit} rows; all with --limit 0", err=True)
    return errors


def _end(texts: Texts, errors: list[str]) -> None:
    """Say what went wrong, and end with it."""
    for sentence in errors[:MOST_NAMED]:
        say(sentence, err=True)
    if len(errors) > MOST_NAMED:
        say(f"and {len(errors) - MOST_NAMED:,} more rows", err=True)
    failures = [_with_own_options(one) for one in texts.failures]
    if failures and not texts.read:
        raise UsageError(failures[0])
    for one in failures:
        say(f"failed: {one}", err=True)
    if errors or failures:
        raise typer.Exit(SOME_FAILED)


def _note(sentence: str) -> None:
    say(_with_own_options(sentence), err=True)


def _with_own_options(sentence: str) -> str:
    """A sentence of an ingestion; here `--text` is a text itself."""
    return sentence.replace("--text", "--column")
