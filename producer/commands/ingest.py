"""`triage ingest`: read feedback, look into every row, store documents, enqueue their jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from producer.commands.ingesting import Ingesting
from producer.errors import UsageError
from producer.ingest import ColumnChoice, make_plan
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.request import MAX_REJECTED, requested_order, requested_scale
from producer.ingest.texts.text_cleaner import TextCleaner
from producer.session import open_settings


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH…",
            help="CSV, TSV, JSON or JSON Lines, each also .gz or .zst, Parquet, .xlsx, .xls, .ods; "
            "a folder, a pattern, a .zip or a URL (s3://, gs://, https://) of these; `-` is JSON "
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
        list[str] | None,
        typer.Option(
            metavar="COL",
            help="Text column; found by names and values. Given twice, or as A,B: a document for "
            "each answer. A.B leads into nested fields.",
        ),
    ] = None,
    id_: Annotated[
        str | None,
        typer.Option(
            "--id", metavar="COL", help="Id column; '' (here and below): there is none, keep it."
        ),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="Time column; UTC where it has no zone. DAY,CLOCK where that is two columns.",
        ),
    ] = None,
    language: Annotated[str | None, typer.Option(metavar="COL", help="Language column.")] = None,
    product: Annotated[str | None, typer.Option(metavar="COL", help="Product column.")] = None,
    rating: Annotated[
        str | None, typer.Option(metavar="COL", help="Rating column: 4, 4/5, ★★★★☆, 4 out of 5.")
    ] = None,
    rating_scale: Annotated[
        str | None,
        typer.Option(metavar="WORST-BEST", help="Of ratings: 1-7, or 5-1 where 1 is the best."),
    ] = None,
    title: Annotated[
        str | None, typer.Option(metavar="COL", help="Title column; it goes before the text.")
    ] = None,
    dayfirst: Annotated[
        bool, typer.Option("--dayfirst", help="03/04/2026 is the 3rd of April.")
    ] = False,
    monthfirst: Annotated[
        bool, typer.Option("--monthfirst", help="03/04/2026 is the 4th of March.")
    ] = False,
    strip_replies: Annotated[
        bool,
        typer.Option("--strip-replies", help="Analyse no quoted mails and signatures in texts."),
    ] = False,
    html: Annotated[
        bool, typer.Option("--html", help="Make text of tags and entities in texts.")
    ] = False,
    recipe: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="How to read: zendesk and the like, which their headers show, or your own file.",
        ),
    ] = None,
    save_recipe: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a recipe that reads the next delivery the same."),
    ] = None,
    analyses: Annotated[
        str | None, typer.Option(metavar="A,B", help="Only these, separated by commas.")
    ] = None,
    no_language: Annotated[
        bool,
        typer.Option(
            "--no-language",
            help="Leave out the analysis language: every model reads every document.",
        ),
    ] = False,
    question: Annotated[list[str] | None, typer.Option(help="For qa; may be repeated.")] = None,
    translate_to: Annotated[
        str | None, typer.Option(metavar="LANG", help="For translation, e.g. de.")
    ] = None,
    replies: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="For reply: the answers that your team has written once, a table with the columns "
            "title, when, reply; the one that fits is a draft. Nothing is sent.",
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Of text files; found where it is not said.")
    ] = None,
    delimiter: Annotated[
        str | None,
        typer.Option(metavar="X", help="What cuts the rows of a CSV, one character or more."),
    ] = None,
    header_row: Annotated[
        int | None,
        typer.Option(metavar="N", help="The line that the header of a table is in; 0: none."),
    ] = None,
    no_header: Annotated[
        bool,
        typer.Option("--no-header", help="There is none: columns are named by number, from 1."),
    ] = False,
    sheet: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a workbook; the first that has rows.")
    ] = None,
    path: Annotated[
        str | None,
        typer.Option(metavar="A.B", help="Where in a JSON file the list of rows is."),
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
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh",
            help="Compute every document, also where the same model has read the same text before: "
            "else its result is taken. Goes with --again.",
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would be read and how, and store nothing."),
    ] = False,
    show_text: Annotated[
        bool,
        typer.Option("--show-text", help="With --dry-run: show texts, as a terminal does anyway."),
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
        bool,
        typer.Option("--json", help="Say it as one JSON object, for programs; not of a --dry-run."),
    ] = False,
) -> None:
    """Read feedback from files, and put it in line for analysis.

    The same command again resumes what was interrupted, and doubles nothing: each row counts once.
    Rows that cannot go in are written to RUN.rejects.jsonl, with the reason. Ends with 3 where a
    file could not be read, or too many rows were rejected.
    """
    ingesting = Ingesting(as_json, save_recipe)
    with ingesting.ended():
        if dry_run and as_json:
            raise UsageError(
                "--json says what was done, and --dry-run does nothing; leave one of them out"
            )
        config = open_settings()
        plan = make_plan(
            config,
            paths,
            run=run,
            source=source,
            columns=ColumnChoice(_names(text), id_, time, language, product, rating, title),
            analyses=analyses,
            no_language=no_language,
            questions=question or (),
            translate_to=translate_to,
            replies=replies,
            reading=ReadingOptions(
                encoding, delimiter, 0 if no_header else header_row, sheet, path
            ),
            limit=limit,
            texts=TextCleaner(html, strip_replies),
            day_order=requested_order(dayfirst, monthfirst),
            rating_scale=requested_scale(rating_scale),
            recipe=recipe,
            on_change=on_change,
            analyse_again=again,
            fresh=fresh,
            id_from=id_from,
            snapshot=snapshot,
            max_rejected=max_rejected / 100,
        )
        if dry_run:
            ingesting.dry_run(config, plan, show_text)
        else:
            ingesting.ingest(config, plan, wait)


def _names(text: list[str] | None) -> str | tuple[str, ...] | None:
    if not text:
        return None
    return text[0] if len(text) == 1 else tuple(text)
