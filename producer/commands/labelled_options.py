"""Options of the commands that read texts that people labelled."""

from __future__ import annotations

from typing import Annotated

import typer

LabelledFile = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Texts that people labelled: CSV, JSON Lines, CoNLL (.conll), SQuAD (.json).",
    ),
]
TextColumn = Annotated[
    str | None, typer.Option(metavar="COL", help="The column of the text; else `text`.")
]
LabelColumn = Annotated[
    str | None,
    typer.Option(metavar="COL", help="That of what people said; else `label`, `entities` …"),
]
