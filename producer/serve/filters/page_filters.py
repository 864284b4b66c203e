"""Filters of the page as they stand in an address, so that a link says what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from sqlalchemy import Engine, or_, select

from producer.errors import UsageError
from producer.export.where import read_conditions
from producer.serve.filters.sides import read_side
from schema.database import reading
from schema.questions import Scope
from schema.reports import Condition, read_period
from schema.status.runs import find_run
from schema.tables import Theme
from schema.themes.edits import UnknownThemeError, find_theme

#: Characters of a value, and conditions `where`, that are taken.
LONGEST, MOST = 300, 10
#: Filters that are a column of the same name.
_COLUMNS = ("product", "source", "language")


@dataclass(frozen=True, slots=True)
class PageFilters:
    """Which documents a page is about, as its address says it; "" for whichever they are.

    Attributes:
        since: The first day, …
        until: … and the last.
        run: The name of one run, whose results count then.
        polarity: `negative`, `neutral`, `positive`, or `unsure`.
        theme: The id of a theme.
        where: `KEY=VALUE`, all of which hold.
    """

    since: str = ""
    until: str = ""
    run: str = ""
    product: str = ""
    source: str = ""
    language: str = ""
    polarity: str = ""
    theme: str = ""
    where: tuple[str, ...] = ()

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> PageFilters:
        """Read them from the parameters of an address; others are left alone.

        Raises:
            UsageError: If one is too long, stands there twice, or there are too many.
        """
        values: dict[str, str] = {}
        where: list[str] = []
        single = {one.name for one in fields(cls)} - {"where"}
        for name, given in pairs:
            value = given.strip()
            if len(value) > LONGEST:
                raise UsageError(f"a filter has {LONGEST} characters at the most; shorten {name}")
            if not value:
                continue
            if name == "where":
                where.append(value)
            elif name in single and values.setdefault(name, value) != value:
                raise UsageError(f"{name} stands twice in this address; take one of them out")
        if len(where) > MOST:
            raise UsageError(f"there are more than {MOST} conditions; take some out")
        return cls(**values, where=tuple(sorted(set(where))))

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of an address, always in the same order."""
        single = [(one.name, getattr(self, one.name)) for one in fields(self)[:-1]]
        return [pair for pair in single if pair[1]] + [("where", one) for one in self.where]

    def link(self, path: str, more: Mapping[str, str] | None = None) -> str:
        """An address with these filters.

        Args:
            path: Of the page.
            more: Further parameters.
        """
        pairs = [*self.pairs(), *(more or {}).items()]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    @property
    def about(self) -> list[str]:
        """What the choice is called on the page."""
        said = [f"run {self.run}" if self.run else "all runs"]
        said += [f"since {self.since}"] if self.since else []
        said += [f"until {self.until}"] if self.until else []
        for name in (*_COLUMNS, "polarity", "theme"):
            if value := getattr(self, name):
                said.append(f"{name} {value}")
        return [*said, *self.where]


def read_scope(engine: Engine, filters: PageFilters) -> Scope:
    """The documents that filters are about.

    Raises:
        UsageError: If a value cannot be understood; so do `ReportError` and `UnknownRunError`.
    """
    period = read_period(filters.since or None, filters.until or None)
    conditions = list(read_conditions(engine, filters.where))
    for name in _COLUMNS:
        if value := getattr(filters, name):
            conditions.append(Condition(f"d.{name} = :filter_{name}", {f"filter_{name}": value}))
    if filters.polarity:
        conditions.append(read_side(filters.polarity))
    if filters.theme:
        conditions.append(of_theme(engine, filters.theme))
    with reading(engine) as connection:
        run_id = find_run(connection, filters.run) if filters.run else None
    return Scope(period, tuple(conditions), run_id)


def of_theme(engine: Engine, theme: str) -> Condition:
    """The documents of a theme, those of themes that were merged into it included.

    Raises:
        UsageError: If there is no such theme.
    """
    # Beyond what both databases take for a whole number there is none.
    if not (theme.isascii() and theme.isdigit() and len(theme) < 10):
        raise UsageError(f"a theme is a number, and {theme!r} is none; see the list of themes")
    with reading(engine) as connection:
        try:
            found = find_theme(connection, int(theme))
        except UnknownThemeError:
            raise UsageError(f"there is no theme {theme}; see the list of themes") from None
        wanted = found.merged_into or found.id
        parts = select(Theme.id).where(
            Theme.set_id == found.set_id, or_(Theme.id == wanted, Theme.merged_into == wanted)
        )
        ids = ", ".join(str(int(one)) for one in connection.execute(parts).scalars())
    # Whole numbers of ours, so that they can stand in the statement. By its own indexes, since
    # going through all themes takes 3 s over a million documents, and this a third of it.
    members = " UNION ALL ".join(
        f"SELECT document_id FROM document_themes WHERE set_id = {int(found.set_id)} "
        f"AND {column} IN ({ids})"
        for column in ("theme_id", "topic_id")
    )
    return Condition(f"d.id IN ({members})", {})
