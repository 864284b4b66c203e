"""Which models made the figures, and of how many documents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from schema.questions.number_rows import is_dense, select_integers
from schema.questions.scope import Scope, select_rows
from schema.results import rows_of


@dataclass(frozen=True, slots=True)
class ModelUse:
    """A model whose results count.

    Attributes:
        revision: Which of its versions; `sha256:…` of one that was not on a hub.
        documents: How many have its results.
    """

    analysis: str
    model: str | None
    revision: str | None
    documents: int


_SQL = """
SELECT r.analysis, r.model, r.revision, CAST(SUM(r.documents) AS BIGINT) AS documents
FROM current_results AS r
{condition}
GROUP BY r.analysis, r.model, r.revision
ORDER BY r.analysis, documents DESC, r.model, r.revision
"""
_OF_ALL = _SQL.format(condition="")
_OF_ANALYSIS = _SQL.format(condition="WHERE r.analysis = :analysis")
#: Documents with a result, whichever run it is of: where one model made all that count, it made
#: that of each. Those that are asked about are looked up, where they are few among all, …
_FEW = """
SELECT COUNT(*) AS documents FROM current_documents AS d
WHERE EXISTS (SELECT 1 FROM {rows} AS x WHERE x.document_id = d.id)
"""
#: … else those of others are read as well.
_MANY = "FROM {rows} AS x WHERE x.document_id BETWEEN :first AND :last"


def read_models(connection: Connection, scope: Scope) -> list[ModelUse]:
    """Read which models made the results that count, by analysis, the one with most documents
    first.

    Which run counts takes long to find out for many documents. It is stored for all of them, and
    needed of some only where an analysis has results of several models.
    """
    if scope.is_everything or scope.run_id is not None:
        return [ModelUse(*row) for row in select_rows(connection, _OF_ALL, scope)]
    everywhere = [ModelUse(*row) for row in select_rows(connection, _OF_ALL, Scope())]
    ids = np.sort(
        select_integers(connection, ("d.id",), "FROM current_documents AS d", scope)[:, 0]
    )
    found = []
    for analysis, group in groupby(everywhere, key=lambda one: one.analysis):
        (one, *others) = group
        if others:
            rows = select_rows(connection, _OF_ANALYSIS, scope, analysis=analysis)
            found += [ModelUse(*row) for row in rows]
        elif documents := _with_result(connection, scope, analysis, ids):
            found.append(replace(one, documents=documents))
    return found


def _with_result(
    connection: Connection, scope: Scope, analysis: str, ids: NDArray[np.int64]
) -> int:
    """How many documents of a scope, whose ids these are in order, have a result of an analysis."""
    rows = rows_of(analysis)
    if not is_dense(ids):
        (row,) = select_rows(connection, _FEW.format(rows=rows), scope, analysis=analysis)
        return int(row.documents)
    ends = {"first": int(ids[0]), "last": int(ids[-1])}
    there = select_integers(
        connection,
        ("x.document_id",),
        _MANY.format(rows=rows),
        Scope(),
        analysis=analysis,
        **ends,
    )
    return int(np.isin(ids, there[:, 0]).sum())
