"""Examples at the end of the demo: short texts with what the models wrote about them."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection, and_, func, select

from producer.display.table import plain_text
from schema.results.summary import SummaryRow
from schema.results.translation import TranslationRow
from schema.tables import DocumentRow, RunDocument

#: How many are shown, and how many characters their texts have.
EXAMPLES, SHORTEST, LONGEST = 5, 60, 160


def examples(connection: Connection, run_id: int) -> Group:
    """The first short English texts of a run that have both results; three lines each.

    Args:
        connection: To read with.
        run_id: A run whose translations are German.
    """
    lines: list[RenderableType] = []
    for row in _rows(connection, run_id):
        one = Table.grid(padding=(0, 2))
        one.add_column(no_wrap=True, style="bold")
        one.add_column()
        for name, text in zip(("text", "summary", "German"), row, strict=True):
            one.add_row(name, plain_text(text))
        lines += [one, Text()]
    return Group(*lines[:-1])


def _rows(connection: Connection, run_id: int) -> list[tuple[str, str, str]]:
    query = (
        select(DocumentRow.text, SummaryRow.summary, TranslationRow.translation)
        .select_from(RunDocument)
        .join(DocumentRow, DocumentRow.id == RunDocument.document_id)
        .join(
            SummaryRow,
            and_(
                SummaryRow.run_id == RunDocument.run_id,
                SummaryRow.document_id == RunDocument.document_id,
            ),
        )
        .join(
            TranslationRow,
            and_(
                TranslationRow.run_id == RunDocument.run_id,
                TranslationRow.document_id == RunDocument.document_id,
            ),
        )
        .where(
            RunDocument.run_id == run_id,
            DocumentRow.language == "en",
            func.length(DocumentRow.text).between(SHORTEST, LONGEST),
        )
        .order_by(RunDocument.position)
        .limit(EXAMPLES)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]
