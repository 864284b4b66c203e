"""Which themes the texts of a page are in, whichever figure they stand behind."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from schema.questions import NoAnswerError, Scope
from schema.questions.scope import select_rows
from schema.questions.themes import members, read_theme_names

#: Documents that are read at once; SQLite takes no more parameters than some thousands.
_BLOCK = 500


def read_text_themes(
    connection: Connection, scope: Scope, documents: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    """By document the ids of its themes; of those in none nothing.

    Args:
        connection: Open.
        scope: Of the page.
        documents: Ids of the texts that are in it.
    """
    try:
        names = read_theme_names(connection)
    except NoAnswerError:
        return {}
    found: dict[int, tuple[int, ...]] = {}
    for start in range(0, len(documents), _BLOCK):
        # Whole numbers of ours, so that they can stand in the statement.
        ids = ", ".join(str(int(one)) for one in documents[start : start + _BLOCK])
        sql = f"""
        SELECT m.document_id AS document, m.theme_id AS theme
        FROM v_documents AS d
        JOIN {members(f"m.document_id IN ({ids})")} AS m ON m.document_id = d.id
        WHERE d.id IN ({ids})
        ORDER BY m.document_id, m.theme_id
        """
        of_run = Scope(run_id=scope.run_id)
        for row in select_rows(connection, sql, of_run, set_id=names.set_id):
            found[row.document] = (*found.get(row.document, ()), row.theme)
    return found
