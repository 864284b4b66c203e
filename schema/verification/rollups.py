"""Checks of rollups: what reports count of documents is what their results say.

Blocks that are to be worked out anew are left out: nobody reads their rollups.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schema.verification.scope import Scope
from schema.verification.violation import Violation
from schema.views.dialect import write_out
from schema.views.rollup import BLOCK, ROLLUPS, Rollup

#: Blocks that are compared at once, so that no more has to be held.
_AT_ONCE = 32
#: Sums of scores may differ by so much, since they are added up in another order.
_ROUNDING = 0.001
#: What is compared of a document, each as text that is never null.
_COMPARED = ("source", "product", "language", "polarity", "label", "sentiment_run_id")
_DIFFERS = " OR ".join(
    f"COALESCE(CAST(r.{name} AS TEXT), '') <> COALESCE(CAST(d.{name} AS TEXT), '')"
    for name in _COMPARED
)


def check_rollups(scope: Scope) -> list[Violation]:
    """Compare all rollups with the views that they are made of: that of each document, and of each
    block of documents what is added up in it; of such a block the run's first document is named.
    """
    found = scope.find(
        "rollup that is not what the results say",
        f"""
        SELECT p.run_id, NULL AS job_id, p.document_id
        FROM run_documents AS p
        LEFT JOIN rollup_documents AS r ON r.id = p.document_id
        LEFT JOIN v_documents AS d ON d.id = p.document_id
        WHERE {scope.within("p.run_id")}
            AND p.document_id / {BLOCK} NOT IN (SELECT block FROM rollup_stale)
            AND ((r.id IS NULL) <> (d.id IS NULL) OR {_DIFFERS})
        ORDER BY p.run_id, p.document_id
        """,
    )
    for rollup in ROLLUPS:
        if rollup.sums:
            found += _check_sums(scope, rollup)
    return found


def _check_sums(scope: Scope, rollup: Rollup) -> list[Violation]:
    wrong = [block for blocks in _blocks(scope) for block in _wrong(scope, rollup, blocks)]
    if not wrong:
        return []
    return scope.find(
        f"rollup of {rollup.table.removeprefix('rollup_')} that is not what the results say",
        f"""
        SELECT p.run_id, NULL AS job_id, MIN(p.document_id) AS document_id
        FROM run_documents AS p
        WHERE {scope.within("p.run_id")} AND p.document_id / {BLOCK} IN :wrong
        GROUP BY p.run_id, p.document_id / {BLOCK}
        ORDER BY p.run_id, MIN(p.document_id)
        """,
        wrong=wrong,
    )


def _blocks(scope: Scope) -> Iterator[range]:
    """Blocks that the runs have documents of, and those between them."""
    ends = scope.rows(
        "SELECT MIN(p.document_id), MAX(p.document_id) FROM run_documents AS p "
        f"WHERE {scope.within('p.run_id')}"
    )
    first, last = ends.one()
    if first is None:
        return
    for block in range(first // BLOCK, last // BLOCK + 1, _AT_ONCE):
        yield range(block, min(block + _AT_ONCE, last // BLOCK + 1))


def _wrong(scope: Scope, rollup: Rollup, blocks: range) -> list[int]:
    """Blocks of which the rollup is not what the plain SELECT adds up."""
    keys = ", ".join(["block", *(name for name in rollup.columns if name not in rollup.sums)])
    plain = write_out(rollup.of_blocks, scope.connection.dialect.name)
    # Names that `Scope` has no values of its own for.
    plain = plain.replace(":first", ":from_document").replace(":behind", ":behind_document")
    columns = ", ".join(["block", *rollup.columns])
    stored, taken = (
        ", ".join(f"{sign}{one} AS {one}" for one in rollup.sums) for sign in ("", "-")
    )
    differ = " OR ".join(f"ABS(SUM({one})) > {_ROUNDING}" for one in rollup.sums)
    found: Any = scope.rows(
        f"""
        WITH plain ({columns}) AS ({plain})
        SELECT DISTINCT wrong.block FROM (
            SELECT {keys} FROM (
                SELECT {keys}, {stored} FROM {rollup.table}
                WHERE block BETWEEN :first_block AND :last_block
                UNION ALL
                SELECT {keys}, {taken} FROM plain
            ) AS compared
            GROUP BY {keys}
            HAVING {differ}
        ) AS wrong
        WHERE wrong.block NOT IN (SELECT block FROM rollup_stale)
        ORDER BY wrong.block
        """,
        first_block=blocks[0],
        last_block=blocks[-1],
        from_document=blocks[0] * BLOCK,
        behind_document=(blocks[-1] + 1) * BLOCK,
    )
    return list(found.scalars())
