"""Rollups: what reports on all documents count, worked out once for each block of documents.

A view `current_…` has the rows of a table `rollup_…`, but of blocks in which something has changed
since it has what the plain SELECT gives: it is always exact. Which blocks those are is written down
by triggers (`schema.views.triggers`), whoever changes something; `schema.views.refresh` works their
rollups out anew. A report that is restricted to some documents reads the plain SELECT.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

#: Ids of documents that are in a block. More make rollups of entities and answers smaller, and what
#: is worked out anew when a job is done larger.
BLOCK = 16_384

_OF_BLOCKS = re.compile(r"\bof_blocks\((\w+), (\w+), ([\w.]+)\)")
#: What is counted of documents that have no rollup yet, or an old one.
_STALE = (
    "(SELECT DISTINCT block FROM rollup_stale) AS stale CROSS JOIN {view} AS {name}\n"
    f"WHERE {{id}} >= stale.block * {BLOCK} AND {{id}} < (stale.block + 1) * {BLOCK}"
)


@dataclass(frozen=True, slots=True)
class Rollup:
    """A rollup.

    Attributes:
        name: Of the view.
        table: Where it is kept, with the columns `columns` and `block`.
        body: The plain SELECT, in which `of_blocks(VIEW, NAME, ID)` stands for what it reads.
        columns: What the view has.
        sums: Of these what is added up in a block, by the others; none where it keeps each row.
    """

    name: str
    table: str
    body: str
    columns: tuple[str, ...]
    sums: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """The SELECT of all documents that `v_documents` has, by document."""
        more = self.body.replace("/* others */", ", d.metadata AS metadata")
        return _OF_BLOCKS.sub(r"\1 AS \2 WHERE 1 = 1", more)

    @property
    def view(self) -> str:
        """The SELECT of the view."""
        names = ", ".join(self.columns)
        stale = _OF_BLOCKS.sub(
            lambda of: _STALE.format(view=of[1], name=of[2], id=of[3]), self.body
        )
        return (
            f"{self.stored}\n"
            "WHERE block NOT IN (SELECT stale.block FROM rollup_stale AS stale)\n"
            # The condition is looked at once, before anything is joined: nothing is, as a rule.
            f"UNION ALL\nSELECT {names} FROM (\n{stale}\n) AS plain\n"
            f"WHERE {ANY_STALE}"
        )

    @property
    def stored(self) -> str:
        """The SELECT of the table alone: all rows of the view, as long as nothing is stale."""
        return f"SELECT {', '.join(self.columns)} FROM {self.table}"

    def in_front(self, condition: str = "") -> str:
        """A common table expression of the view's name that has the table's rows.

        Args:
            condition: From `WHERE` on, if there is one.
        """
        return f"{self.name} AS NOT MATERIALIZED (\n{self.stored} {condition}\n)"

    @property
    def of_blocks(self) -> str:
        """The SELECT of the rows of the table, `block` in front, of documents whose ids are from
        `:first` to before `:behind`.
        """
        some = _OF_BLOCKS.sub(r"\1 AS \2 WHERE \3 >= :first AND \3 < :behind", self.body)
        values = [f"SUM({name})" if name in self.sums else name for name in self.columns]
        keys = [name for name in self.columns if name not in self.sums]
        block = f"{'document_id' if self.sums else 'id'} / {BLOCK}"
        select = f"SELECT {block}, {', '.join(values)} FROM (\n{some}\n) AS plain"
        return f"{select}\nGROUP BY {', '.join([block, *keys])}" if self.sums else select


def _read(name: str) -> str:
    """The body of a rollup, without the comment that says what a row is."""
    sql = resources.files("schema.views").joinpath(f"{name}.sql").read_text("utf-8")
    return sql.partition("\n")[2]


#: Whether there is any block of which a rollup is not what the plain SELECT gives.
ANY_STALE = "EXISTS (SELECT 1 FROM rollup_stale)"

ROLLUPS = (
    Rollup(
        "current_documents",
        "rollup_documents",
        _read("current_documents"),
        (
            *("id", "source", "product", "language", "time", "day", "rating", "rating_scale"),
            *("polarity", "leaning", "polarity_score", "label", "score", "unsure"),
            *("sentiment_run_id", "sentiment_model_id", "characters", "resolved", "translated"),
        ),
    ),
    Rollup(
        "current_entities",
        "rollup_entities",
        _read("current_entities"),
        (
            *("type", "entity", "spelling", "mentions", "unsure_mentions", "documents"),
            *("positive", "neutral", "negative", "unsure"),
        ),
        ("mentions", "unsure_mentions", "documents", "positive", "neutral", "negative", "unsure"),
    ),
    Rollup(
        "current_answers",
        "rollup_answers",
        _read("current_answers"),
        ("question", "grouped", "spelling", "documents", "unsure", "score"),
        ("documents", "unsure", "score"),
    ),
    Rollup(
        "current_results",
        "rollup_results",
        _read("current_results"),
        ("analysis", "model", "revision", "documents"),
        ("documents",),
    ),
    Rollup(
        "current_classes",
        "rollup_classes",
        _read("current_classes"),
        ("analysis", "label", "day", "documents", "unsure", "analysed", "sure"),
        ("documents", "unsure", "analysed", "sure"),
    ),
)

#: Tables of what is worked out of blocks without SQL, by who reads it; see
#: `schema.reports.urgent_rollup`.
BESIDE = ("rollup_urgent", "rollup_urgent_blocks")
