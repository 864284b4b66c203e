"""Results of two runs side by side: of which documents, and in what they differ.

Only documents count that both runs have analysed, in the same version and from the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from schema.results import OrdinalTable, result_table, rows_of
from schema.views.dialect import write_out

#: Ids of documents that stand behind a figure at the most.
EXAMPLES = 5
#: Both results of a document, to stand behind what is selected; `Pair.rows` fills it in.
JOINED = """FROM TABLE AS a
JOIN TABLE AS b ON b.run_id = :b AND b.document_id = a.document_id AND b.text_used = a.text_used
WHERE a.run_id = :a"""


@dataclass(frozen=True, slots=True)
class Pair:
    """An analysis of two runs.

    Attributes:
        a: Id of the run that is compared.
        b: Id of the run that it is compared with.
    """

    connection: Connection
    analysis: str
    a: int
    b: int

    def rows(self, sql: str, **parameters: Any) -> Sequence[Any]:
        """The rows of a SELECT, in which `:a` and `:b` are the runs, and `TABLE`, `DONE_A`
        and `DONE_B` stand for the results and for what each run has analysed.
        """
        table: Any = result_table(self.analysis)
        for run in "ab":
            sql = sql.replace(f"DONE_{run.upper()}", _done(table, run))
        sql = sql.replace("TABLE", rows_of(self.analysis))
        sql = write_out(sql, self.connection.dialect.name)
        given = {"a": self.a, "b": self.b, "analysis": self.analysis} | parameters
        named = {name: value for name, value in given.items() if f":{name}" in sql}
        return self.connection.execute(text(sql), named).all()


def _done(table: Any, run: str) -> str:
    """A SELECT of the documents that a run has analysed, each with the text that was read."""
    found = f"SELECT x.document_id, x.text_used FROM TABLE AS x WHERE x.run_id = :{run}"
    if not issubclass(table, OrdinalTable):
        return found
    return (
        f"{found} AND x.ordinal = 0 UNION ALL "
        "SELECT e.document_id, e.text_used FROM empty_results AS e "
        f"WHERE e.run_id = :{run} AND e.analysis = :analysis"
    )


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many documents each run has analysed.

    Attributes:
        both: Those of both, from the same text.
        other_text: Those that one run has read in the original, and the other in translation.
    """

    a: int
    b: int
    both: int
    other_text: int


def read_coverage(pair: Pair) -> Coverage:
    """Count the documents of both runs."""
    ((a, b),) = pair.rows(
        "SELECT (SELECT COUNT(*) FROM (DONE_A) AS one), (SELECT COUNT(*) FROM (DONE_B) AS two)"
    )
    ((both, same),) = pair.rows(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN one.text_used = two.text_used THEN 1 ELSE 0 END), "
        "0) FROM (DONE_A) AS one JOIN (DONE_B) AS two ON two.document_id = one.document_id"
    )
    return Coverage(a, b, int(same), int(both - same))
