"""Examples at the end of the demo: short texts with what was found in them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from sqlalchemy import ColumnElement, Connection, and_, func, select

from producer.display.table import plain_text
from schema.results.answer import AnswerRow
from schema.results.entity import EntityRow
from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow, RunDocument

#: How many are shown, and how many characters their texts have.
EXAMPLES, SHORTEST, LONGEST = 5, 60, 160


@dataclass(frozen=True)
class Example:
    """A text, its polarity, what its writer wants, and the names in it."""

    text: str
    polarity: str
    wants: str
    names: str


def examples(connection: Connection, run_id: int) -> Group:
    """Short texts of a run that want something and name something; four lines each.

    Args:
        connection: To read with.
        run_id: A run of which sentiment, entities and answers are there.
    """
    lines: list[RenderableType] = []
    for found in read_examples(connection, run_id):
        one = Table.grid(padding=(0, 2))
        one.add_column(no_wrap=True, style="bold")
        one.add_column()
        for name, text in (
            ("text", found.text),
            ("polarity", found.polarity),
            ("wants", found.wants),
            ("names", found.names),
        ):
            one.add_row(name, plain_text(text))
        lines += [one, Text()]
    return Group(*lines[:-1])


def read_examples(connection: Connection, run_id: int) -> list[Example]:
    """The examples, those with the surest answers; nothing that a model is unsure of."""
    query = (
        select(
            DocumentRow.id,
            DocumentRow.text,
            SentimentRow.polarity,
            AnswerRow.answer,
            EntityRow.text.label("name"),
            EntityRow.type,
        )
        .select_from(RunDocument)
        .join(DocumentRow, DocumentRow.id == RunDocument.document_id)
        .join(SentimentRow, _of(SentimentRow))
        .join(AnswerRow, _of(AnswerRow))
        .join(EntityRow, _of(EntityRow))
        .where(
            RunDocument.run_id == run_id,
            func.length(DocumentRow.text).between(SHORTEST, LONGEST),
            ~SentimentRow.unsure,
            ~AnswerRow.unsure,
            AnswerRow.answer != "",
            ~EntityRow.unsure,
        )
        .order_by(AnswerRow.score.desc(), RunDocument.position, EntityRow.ordinal)
    )
    texts: dict[int, tuple[str, str, str]] = {}
    names: dict[int, dict[str, None]] = defaultdict(dict)
    for row in connection.execute(query):
        texts[row.id] = (row.text, row.polarity or "", row.answer)
        names[row.id][f"{row.name} ({row.type})"] = None
    chosen = list(texts.items())[:EXAMPLES]
    return [Example(*said, ", ".join(names[document])) for document, said in chosen]


def _of(table: type[SentimentRow | AnswerRow | EntityRow]) -> ColumnElement[bool]:
    return and_(table.run_id == RunDocument.run_id, table.document_id == RunDocument.document_id)
