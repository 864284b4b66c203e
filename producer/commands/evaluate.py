"""`triage evaluate`: how good a model is on texts that people labelled."""

from __future__ import annotations

from typing import Annotated

import typer

from producer.commands.labelled_options import LabelColumn, LabelledFile, TextColumn
from producer.errors import UsageError
from producer.nodes.requirements import require_worker_extra
from producer.nodes.worker_program import become

_Corrections = Annotated[
    bool, typer.Option("--corrections", help="In place of a file: what `triage correct` stored.")
]
_Language = Annotated[
    str | None, typer.Option(metavar="LANG", help="Of all texts; else found in each.")
]
_TranslateTo = Annotated[str | None, typer.Option(metavar="LANG", help="For translation; else de.")]
_Models = Annotated[
    str | None, typer.Option(metavar="CATALOG", help="pocket, hub, or a catalog's path.")
]
_Against = Annotated[
    str | None, typer.Option(metavar="CATALOG", help="A second catalog, side by side.")
]
_Limit = Annotated[
    int | None, typer.Option(metavar="N", min=0, help="Wrong examples that are shown; 10.")
]
_ShowText = Annotated[bool, typer.Option("--show-text", help="Each wrong example with its text.")]


def evaluate(
    analysis: Annotated[str, typer.Argument(help="The analysis whose model it is.")],
    data: LabelledFile = None,
    corrections: _Corrections = False,
    text: TextColumn = None,
    label: LabelColumn = None,
    language: _Language = None,
    translate_to: _TranslateTo = None,
    models: _Models = None,
    against: _Against = None,
    limit: _Limit = None,
    show_text: _ShowText = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Measure a model on labelled texts, each figure with its interval; or two, side by side."""
    require_worker_extra()
    if corrections == (data is not None):
        raise UsageError("say where the labelled texts are: either --data FILE or --corrections")
    given = {
        "--data": data,
        "--text": text,
        "--label": label,
        "--language": language,
        "--translate-to": translate_to,
        "--models": models,
        "--against": against,
        "--limit": limit,
    }
    flags = {"--corrections": corrections, "--show-text": show_text, "--json": as_json}
    become("workers.evaluate", given, flags, analysis)
