"""`triage calibrate`: how far the probabilities of a model can be trusted."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from producer.nodes.requirements import require_worker_extra


def calibrate(
    analysis: Annotated[str, typer.Argument(help="The analysis whose model it is.")],
    data: Annotated[
        str, typer.Option(metavar="FILE", help="Texts that people labelled, CSV or JSON Lines.")
    ],
    text: Annotated[
        str | None, typer.Option(metavar="COL", help="The column of the text; else `text`.")
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(metavar="COL", help="That of the label; else `label`, `answer`, `entities`."),
    ] = None,
    accuracy: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="How much has to be right of what is not unsure; 0.9."),
    ] = None,
    models: Annotated[str | None, typer.Option(help="pocket, hub, or a catalog's path.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print, and write nothing.")] = False,
) -> None:
    """Fit a model's probabilities to labelled texts, and find below which it is unsure."""
    require_worker_extra()
    given = {"--text": text, "--label": label, "--accuracy": accuracy, "--models": models}
    options = [f"{name}={value}" for name, value in given.items() if value is not None]
    command = [sys.executable, "-m", "workers.calibrate", f"--data={data}", *options]
    sys.stdout.flush()
    # Another program, because the console must not import torch.
    os.execv(command[0], [*command, *(["--dry-run"] if dry_run else []), "--", analysis])
