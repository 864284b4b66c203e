"""`triage calibrate`: how far the probabilities of a model can be trusted."""

from __future__ import annotations

from typing import Annotated

import typer

from producer.commands.labelled_options import TextColumn
from producer.commands.outcome import AsJson
from producer.errors import UsageError
from producer.nodes.requirements import require_worker_extra
from producer.nodes.worker_program import become


def calibrate(
    analysis: Annotated[str, typer.Argument(help="The analysis whose model it is.")],
    data: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Texts that people labelled, CSV or JSON Lines."),
    ] = None,
    corrections: Annotated[
        bool,
        typer.Option("--corrections", help="In place of a file: what `triage correct` stored."),
    ] = False,
    text: TextColumn = None,
    label: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="That of the label; else `label`, `answer`, `entities` or `intents`.",
        ),
    ] = None,
    accuracy: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="How much has to be right of what is not unsure; 0.9."),
    ] = None,
    models: Annotated[str | None, typer.Option(help="pocket, hub, or a catalog's path.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print, and write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fit a model's probabilities to labelled texts, and find below which it is unsure."""
    require_worker_extra()
    if corrections == (data is not None):
        raise UsageError("say where the labelled texts are: either --data FILE or --corrections")
    given = {
        "--data": data,
        "--text": text,
        "--label": label,
        "--accuracy": accuracy,
        "--models": models,
    }
    flags = {"--corrections": corrections, "--dry-run": dry_run, "--json": as_json}
    become("workers.calibrate", given, flags, analysis)
