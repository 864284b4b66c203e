"""Reading which theme each clause has, of all documents or of some."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from schema.questions.number_rows import is_dense, select_integers
from schema.questions.scope import Scope

#: Clauses of a set, of the documents that are asked about, and of all whose ids are between some.
_CLAUSES = "FROM document_themes AS m WHERE m.set_id = :set_id"
_AMONG = f"{_CLAUSES} AND m.document_id IN (SELECT d.id FROM current_documents AS d)"
_BETWEEN = f"{_CLAUSES} AND m.document_id BETWEEN :first AND :last"

#: What a topic is multiplied by, to be one number with the theme: each number costs.
_TOPIC = 2**32
_BOTH = f"COALESCE(m.theme_id, 0) + {_TOPIC} * COALESCE(m.topic_id, 0)"


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
    rows = select_integers(
        connection,
        ("m.document_id", "m.copy_key", _BOTH),
        _BETWEEN if whole else _AMONG,
        Scope() if whole else scope,
        set_id=set_id,
        first=first,
        last=last,
    )
    topics, themes = np.divmod(rows[:, 2], _TOPIC)
    return np.column_stack([rows[:, :2], themes, topics])
