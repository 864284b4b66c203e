"""Reading which theme each clause has, of all documents or of some."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, func, select

from schema.questions.number_rows import is_dense, select_integers
from schema.questions.scope import Scope
from schema.tables import DocumentTheme, Theme

#: Clauses of a set, of the documents that are asked about, and of all whose ids are between some.
_CLAUSES = "FROM document_themes AS m WHERE m.set_id = :set_id"
_AMONG = f"{_CLAUSES} AND m.document_id IN (SELECT d.id FROM current_documents AS d)"
_BETWEEN = f"{_CLAUSES} AND m.document_id BETWEEN :first AND :last"

#: A clause's document, theme and topic as one number where that has room for them, since each
#: number costs; else the last two alone.
_ALL = "(m.document_id * {0} + COALESCE(m.theme_id, 0)) * {0} + COALESCE(m.topic_id, 0)"
_THEMES = "CAST(COALESCE(m.theme_id, 0) AS BIGINT) * {0} + COALESCE(m.topic_id, 0)"
_ROOM = 2**62


def read_theme_clauses(
    connection: Connection, scope: Scope, set_id: int, documents: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Document, copies, theme and topic of the clauses of some documents, and maybe of others, 0
    for none (clauses × 4).

    Args:
        connection: Open.
        scope: The documents.
        set_id: The set of themes.
        documents: Their ids, in order.
    """
    first, last = (int(documents[0]), int(documents[-1])) if len(documents) else (0, -1)
    whole = is_dense(documents)
    of_clauses = select(func.max(DocumentTheme.document_id)).where(DocumentTheme.set_id == set_id)
    base = 1 + _highest(connection, select(func.max(Theme.id)))
    fits = _highest(connection, of_clauses) < _ROOM // base**2
    rows = select_integers(
        connection,
        (_ALL.format(base), "m.copy_key")
        if fits
        else ("m.document_id", "m.copy_key", _THEMES.format(base)),
        _BETWEEN if whole else _AMONG,
        Scope() if whole else scope,
        set_id=set_id,
        first=first,
        last=last,
    )
    rest, topics = np.divmod(rows[:, 0 if fits else 2], base)
    ids, themes = np.divmod(rest, base) if fits else (rows[:, 0], rest)
    return np.column_stack([ids, rows[:, 1], themes, topics])


def _highest(connection: Connection, statement: Select[int]) -> int:
    return int(connection.execute(statement).scalar_one() or 0)
