"""Columns as the user names them, and as they were found."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

#: A column's name, several of them, or names separated by commas.
Names = str | tuple[str, ...]


@dataclass(frozen=True)
class ColumnChoice:
    """Columns as the user names them. None: find it. Empty: there is none.

    `text` may be several columns, `time` a column of days and one of clocks: in a tuple, or
    separated by commas. A name with dots that no column has leads into nested fields.
    """

    text: Names | None = None
    id: str | None = None
    time: Names | None = None
    language: str | None = None
    product: str | None = None
    rating: str | None = None
    title: str | None = None

    def requested(self) -> dict[str, Any]:
        """What is told by the options that there were first, and by the others that are given.

        A run's default name is made of it, and must not change with each new option.
        """
        first = ("text", "id", "time", "language", "product")
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: one for name, one in values.items() if name in first or one is not None}


@dataclass(frozen=True)
class RecipeChoice:
    """Columns as a recipe names them.

    Attributes:
        name: The recipe's.
        columns: Its columns.
        strict: Whether it is an error if the input lacks one.
    """

    name: str
    columns: ColumnChoice
    strict: bool = False


@dataclass(frozen=True)
class Columns:
    """Columns of one input; None where it has none. All others are metadata.

    Attributes:
        clock: Has the time of day where `time` has the day only.
        more_texts: Further columns with answers: each makes a document of its own.
    """

    text: str
    id: str | None
    time: str | None
    language: str | None
    product: str | None
    source: str | None
    clock: str | None = None
    rating: str | None = None
    title: str | None = None
    more_texts: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All columns with answers."""
        return (self.text, *self.more_texts)

    def all(self) -> frozenset[str]:
        """The columns that have a role."""
        return self.used() | {one for one in (self.rating, self.title) if one is not None}

    def used(self) -> frozenset[str]:
        """The columns that are no metadata. A rating and a title are that as well, as written."""
        roles = (self.id, self.time, self.language, self.product, self.source, self.clock)
        return frozenset(column for column in (*roles, *self.texts) if column is not None)

    def as_choice(self) -> ColumnChoice:
        """The same as a user would say it, roles without a column included."""
        time: Names = (self.time, self.clock) if self.time and self.clock else self.time or ""
        return ColumnChoice(
            self.texts if self.more_texts else self.text,
            self.id or "",
            time,
            self.language or "",
            self.product or "",
            self.rating or "",
            self.title or "",
        )


@dataclass(frozen=True)
class Decision:
    """What was decided for one role.

    Attributes:
        role: As in `Columns`.
        column: The column, or several with commas between; None where there is none.
        why: In a few words.
        runner_up: The next best column; None where there is none.
    """

    role: str
    column: str | None
    why: str
    runner_up: str | None = None


@dataclass(frozen=True)
class ColumnPlan:
    """What was decided for all columns of an input.

    Attributes:
        columns: The columns.
        decisions: Why, in the order of roles.
        identity: The columns as a row without an id is identified by: what was found by the names
            that were known first, so that a row stays the same when more is found.
        warnings: What the user should know, each a sentence.
    """

    columns: Columns
    decisions: tuple[Decision, ...]
    identity: Columns
    warnings: tuple[str, ...] = ()
