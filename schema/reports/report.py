"""Reports: those that come with the project, views as reports, and a user's own folder of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from schema.reports import asks, corrected_shares, like_answers, urgent
from schema.reports.errors import ReportError, UnknownReportError
from schema.reports.labels import DESCRIPTION, labels_sql
from schema.reports.options import ReportOptions
from schema.reports.rows import Value
from schema.reports.urgent_rollup import refresh_urgent
from schema.views import VIEWS, View

_SHARE = re.compile(r"-- share: (\w+) = (\w+) / (\w+)")
_KEY = re.compile(r"-- key: (\w+(?:, \w+)*)")


@dataclass(frozen=True, slots=True)
class Share:
    """A column that says how many percent of one column another one is."""

    column: str
    hits: str
    total: str

    @property
    def counts(self) -> tuple[str, str]:
        """The columns that it is made of."""
        return self.hits, self.total

    @property
    def stem(self) -> str:
        """What the names of the columns of its interval begin with; short, since there are many."""
        return self.column.removesuffix("_percent").removeprefix("classified_")


@dataclass(frozen=True, slots=True)
class Report:
    """A report: the name of its file, the one line that says what it shows, and its SELECT.

    Attributes:
        key: Columns that tell its rows apart.
        shares: Its shares, each of which gets an interval.
        kinds: Of columns that are of a view: how each is read, as `schema.views` says.
        make_rows: Makes its rows, of the connection and the id of a run, where SQL cannot; then
            there is no SELECT, and `columns` are theirs.
        make_of_documents: Likewise, of the documents that are asked for: it gets a function that
            runs a SELECT on these, and what is asked for.
        refresh: Brings up to date what it has stored of all documents; returns of how many blocks.
    """

    name: str
    description: str
    sql: str
    key: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    make_rows: Callable[[Connection, int | None], Iterator[tuple[Value, ...]]] | None = None
    make_of_documents: (
        Callable[[Callable[[str], Iterator[Any]], ReportOptions], Iterator[tuple[Value, ...]]]
        | None
    ) = None
    refresh: Callable[[Engine], int] | None = None


def read_report(name: str, sql: str) -> Report:
    """Make a report of what is in its file.

    Raises:
        ReportError: If the file does not begin with a comment.
    """
    first, _, _ = sql.partition("\n")
    if not first.startswith("-- ") or not first.removeprefix("-- ").strip():
        raise ReportError(
            f"{name}.sql: the first line must be a comment that says what the report shows"
        )
    key = _KEY.search(sql)
    return Report(
        name=name,
        description=first.removeprefix("-- ").strip(),
        sql=sql.strip().removesuffix(";"),
        key=tuple(key[1].split(", ")) if key else (),
        shares=tuple(Share(*found) for found in _SHARE.findall(sql)),
    )


def view_report(view: View) -> Report:
    """All rows of a view, as a report."""
    kinds = {column.name: column.kind for column in view.columns}
    return Report(view.name, view.description, view.query, kinds=kinds)


@cache
def built_in_reports() -> tuple[Report, ...]:
    """The reports that come with the project, by name."""
    found = [
        read_report(file.name.removesuffix(".sql"), file.read_text("utf-8"))
        for file in resources.files("schema.reports").iterdir()
        if file.name.endswith(".sql")
    ]
    found.append(read_report("labels", f"-- {DESCRIPTION}\n{labels_sql()}"))
    made = corrected_shares
    found.append(
        Report(
            "corrected-shares",
            made.DESCRIPTION,
            sql="",
            columns=made.COLUMNS,
            make_rows=made.corrected_shares,
        )
    )
    found += [
        Report(
            name,
            module.DESCRIPTION,
            "",
            columns=module.COLUMNS,
            make_of_documents=make,
            refresh=refresh,
        )
        for name, module, make, refresh in (
            ("asks", asks, asks.asks, None),
            ("like-answers", like_answers, like_answers.like_answers, None),
            ("urgent", urgent, urgent.urgent, refresh_urgent),
        )
    ]
    return _sorted(found)


def reports(folder: Path | None = None) -> tuple[Report, ...]:
    """All reports by name.

    Args:
        folder: Of the user's own; None for none.

    Raises:
        ReportError: If the folder cannot be read, or a file of it is no report.
    """
    own = () if folder is None else _own_reports(folder)
    taken = {report.name for report in built_in_reports()} | {view.name for view in VIEWS}
    for report in own:
        if report.name in taken:
            raise ReportError(
                f"TRIAGE_REPORTS: {report.name}.sql has the name of one that comes with the "
                "project; give it another one"
            )
    return _sorted((*built_in_reports(), *own))


def find_report(name: str, folder: Path | None = None) -> Report:
    """The report or view called `name`.

    Raises:
        UnknownReportError: If there is none.
        ReportError: If the user's own cannot be read.
    """
    there = reports(folder)
    by_name = {report.name: report for report in (*there, *map(view_report, VIEWS))}
    if name in by_name:
        return by_name[name]
    close = get_close_matches(name, by_name, n=1, cutoff=0.4)
    guess = f"; did you mean {close[0]!r}?" if close else ";"
    names = ", ".join(report.name for report in there)
    raise UnknownReportError(
        f"no report is named {name!r}{guess} there are {names}; and the views "
        f"{', '.join(view.name for view in VIEWS)}"
    )


def _own_reports(folder: Path) -> list[Report]:
    try:
        files = sorted(folder.iterdir())
        texts = {file.stem: file.read_text("utf-8") for file in files if file.suffix == ".sql"}
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not in UTF-8"
        raise ReportError(
            f"TRIAGE_REPORTS: cannot read the reports in {folder} ({why}); name a folder of .sql "
            "files"
        ) from None
    return [read_report(name, sql) for name, sql in texts.items()]


def _sorted(found: Iterable[Report]) -> tuple[Report, ...]:
    return tuple(sorted(found, key=lambda report: report.name))
