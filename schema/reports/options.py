"""What a report is asked for, beside its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schema.reports.period import Period


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on documents.

    Attributes:
        sql: A clause on the columns of `v_documents`, here `d`.
        parameters: What its bind parameters are; no other condition has one of these names.
    """

    sql: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What a report is asked for.

    Attributes:
        run_id: Only results and documents of this run; None for those that count.
        period: When the customers wrote.
        where: Conditions that all hold.
        by: What it is broken down by: `day`, `week`, `month`, `source`, `product`, `language` or
            `metadata.KEY`.
        against_previous: Whether shares are compared with those of the period before.
        min_documents: Rows with fewer documents are left out.
        sort: A column, the largest first; with `:asc` the smallest.
        limit: Only the first so many rows.
    """

    run_id: int | None = None
    period: Period = Period()
    where: tuple[Condition, ...] = ()
    by: str | None = None
    against_previous: bool = False
    min_documents: int | None = None
    sort: str | None = None
    limit: int | None = None

    @property
    def is_restricted(self) -> bool:
        """Whether documents are left out, for another reason than that they are of other runs."""
        return self.period.is_bounded or bool(self.where)
