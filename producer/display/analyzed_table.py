"""Texts on the terminal, each with what the analyses say of it beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from producer.display.table import plain_text

#: Characters of a text, and of what one analysis says, that are shown.
MOST_TEXT = 160
MOST_SAID = 120


@dataclass(frozen=True, slots=True)
class ShownText:
    """A text as the table has it.

    Attributes:
        id: Of its row.
        text: What was read; None where the row is no text.
        said: Analyses, with what each says.
        error: What went wrong, as far as the table says it.
    """

    id: str
    text: str | None
    said: Sequence[tuple[str, str]]
    error: str | None = None


def analyzed_table(shown: Sequence[ShownText]) -> Table:
    """A row for each text, with a line for each analysis, so that any number of them fits."""
    table = Table(header_style="bold", show_lines=True, expand=False)
    table.add_column("id", overflow="fold", max_width=20)
    table.add_column("text", ratio=1, min_width=24)
    table.add_column("analyses", ratio=1, min_width=24)
    for one in shown:
        text = Text("–", style="dim") if one.text is None else _on_one_line(one.text, MOST_TEXT)
        table.add_row(plain_text(one.id), text, _lines(one))
    return table


def _lines(one: ShownText) -> Text:
    lines = [
        Text.assemble((f"{analysis}: ", "bold"), _on_one_line(words, MOST_SAID))
        for analysis, words in one.said
    ]
    if one.error is not None:
        lines.append(Text(one.error, style="red"))
    return Text("\n").join(lines)


def _on_one_line(text: str, limit: int) -> Text:
    return plain_text(" ".join(text[: 2 * limit].split()), limit)
