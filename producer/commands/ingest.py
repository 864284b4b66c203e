"""`triage ingest`: read feedback, look into every row, store documents, enqueue their jobs."""

from __future__ import annotations

from typing import Annotated

import typer

from producer.commands.ingesting import Ingesting, print_dry_run
from producer.ingest import ColumnChoice, make_plan
from producer.ingest.plan import MAX_REJECTED
from producer.session import open_settings


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH…",
            help="CSV, TSV, JSONL (also .ndjson), each also .gz or .zst, or Parquet; `-` is JSONL "
            "on standard input; `'sql:URL SELECT …'` reads another database (give the SELECT an "
            "id column, or an ORDER BY).",
        ),
    ],
    run: Annotated[
        str | None, typer.Option(help="The run's name; by default made of file and options.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            help="Where the feedback is from; by default the column `source`, or the file's name."
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option(metavar="COL", help="Text column; usual names are found.")
    ] = None,
    id_: Annotated[
        str | None,
        typer.Option(
            "--id", metavar="COL", help="Id column; '' (here and below): there is none, keep it."
        ),
    ] = None,
    time: Annotated[
        str | None, typer.Option(metavar="COL", help="Time column; UTC where it has no zone.")
    ] = None,
    language: Annotated[str | None, typer.Option(metavar="COL", help="Language column.")] = None,
    product: Annotated[str | None, typer.Option(metavar="COL", help="Product column.")] = None,
    analyses: Annotated[
        str | None, typer.Option(metavar="A,B", help="Only these, separated by commas.")
    ] = None,
    question: Annotated[list[str] | None, typer.Option(help="For qa; may be repeated.")] = None,
    translate_to: Annotated[
        str | None, typer.Option(metavar="LANG", help="For translation, e.g. de.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Of text files; UTF-8 unless a byte-order mark says more.")
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Only the first N rows.")] = None,
    on_change: Annotated[
        str | None,
        typer.Option(
            metavar="update|keep|error",
            help="What to do with feedback that is stored, and comes with other content: make a "
            "new version of it (by default, unless most of an input is so), keep what is stored, "
            "or reject the row.",
        ),
    ] = None,
    again: Annotated[
        bool | None,
        typer.Option(
            "--again/--only-changed",
            help="Analyse documents again that were analysed alike before and have not changed; "
            "by default where --run is given.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and look into the rows, store nothing.")
    ] = False,
    id_from: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Know feedback by these columns, or by text, time, language, product, where it "
            "has no id.",
        ),
    ] = None,
    snapshot: Annotated[
        bool,
        typer.Option(
            "--snapshot",
            help="This is all that there is of its source: what no longer comes is marked as gone.",
        ),
    ] = False,
    max_rejected: Annotated[
        float,
        typer.Option(metavar="PERCENT", help="End with 3 where more of the rows are rejected."),
    ] = MAX_REJECTED * 100,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until all is analysed.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Say it as one JSON object, for programs.")
    ] = False,
) -> None:
    """Read feedback from files, and put it in line for analysis.

    The same command again resumes what was interrupted, and doubles nothing: each row counts once.
    Rows that cannot go in are written to RUN.rejects.jsonl, with the reason. Ends with 3 where a
    file could not be read, or too many rows were rejected.
    """
    ingesting = Ingesting(as_json)
    with ingesting.ended():
        config = open_settings()
        plan = make_plan(
            config,
            paths,
            run=run,
            source=source,
            columns=ColumnChoice(text, id_, time, language, product),
            analyses=analyses,
            questions=question or (),
            translate_to=translate_to,
            encoding=encoding,
            limit=limit,
            on_change=on_change,
            analyse_again=again,
            id_from=id_from,
            snapshot=snapshot,
            max_rejected=max_rejected / 100,
        )
        if dry_run:
            print_dry_run(config, plan)
        else:
            ingesting.ingest(config, plan, wait)
