"""`triage analyze`: the engine in one process, without queue or database."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from producer.nodes.requirements import require_worker_extra


def analyze(
    path: Annotated[str, typer.Argument(help='JSONL with "id" and "text"; - reads from a pipe.')],
    analyses: Annotated[
        str | None, typer.Option(help="Only these, separated by commas.", metavar="A,B")
    ] = None,
    question: Annotated[list[str] | None, typer.Option(help="For qa; may be repeated.")] = None,
    translate_to: Annotated[str | None, typer.Option(help="For translation, e.g. de.")] = None,
    models: Annotated[str | None, typer.Option(help="pocket, hub, or a catalog's path.")] = None,
) -> None:
    """Try models on a few texts: JSONL in, JSONL out."""
    require_worker_extra()
    options = {
        "--analyses": [analyses] if analyses else [],
        "--question": question or [],
        "--translate-to": [translate_to] if translate_to else [],
        "--models": [models] if models else [],
    }
    command = [sys.executable, "-m", "workers.analyze"]
    command += [part for name, values in options.items() for v in values for part in (name, v)]
    sys.stdout.flush()
    # Another program, because the console must not import torch.
    os.execv(command[0], [*command, "--", path])
