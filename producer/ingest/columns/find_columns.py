"""Which column holds what: by option, by recipe, else by its name and its values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from producer.ingest.columns.choice import (
    ColumnChoice,
    ColumnPlan,
    Columns,
    Decision,
    RecipeChoice,
)
from producer.ingest.columns.column_sample import ColumnSample
from producer.ingest.columns.named_columns import identity_columns, named_columns
from producer.ingest.columns.role_values import (
    is_id,
    is_rating,
    is_time,
    is_title,
    is_unique,
    only_time,
)
from producer.ingest.columns.text_column import TextColumn
from producer.ingest.columns.usual_names import (
    further_columns,
    is_rating_name,
    usual_columns,
)
from producer.ingest.errors import IngestError
from producer.ingest.escaping import shown_names
from producer.ingest.ratings.rating_parser import is_net_promoter_name
from producer.ingest.readers.row_stream import check_number

#: Roles in the order in which a column is found for them, behind the text.
_ROLES = ("id", "time", "language", "product", "source", "rating", "title")
_BY_NAME = "its name is usual for it"
#: Whether the values of a column go with a role that its name says.
_BY_VALUES: dict[str, Callable[[ColumnSample, str], bool]] = {
    "id": is_id,
    "time": is_time,
    "rating": is_rating,
    "title": is_title,
}


def find_columns(
    name: str,
    columns: Sequence[str],
    choice: ColumnChoice,
    *,
    with_source: bool,
    rows: Sequence[dict[str, Any]] = (),
    recipe: RecipeChoice | None = None,
) -> ColumnPlan:
    """Decide what each column of an input holds.

    Args:
        name: The input.
        columns: Its columns.
        choice: What the user says.
        with_source: Whether a column may name each row's source.
        rows: The first of its rows, whose values speak for and against a column.
        recipe: What a recipe says where the user does not.

    Raises:
        IngestError: If a column that the user names is not there, no text column is found, several
            are as likely, or there are too many columns; the message names those there are.
    """
    check_number(name, len(columns))
    finder = _Finder(name, columns, ColumnSample(rows))
    finder.take_choice(choice)
    if recipe:
        finder.take_recipe(recipe)
    if not with_source:
        finder.decide(Decision("source", None, "--source says it"))
    return finder.find(identity_columns(columns, choice, with_source))


class _Finder:
    def __init__(self, name: str, columns: Sequence[str], sample: ColumnSample) -> None:
        self._name = name
        self._columns = columns
        self._sample = sample
        self._free = list(columns)
        self._decisions: dict[str, Decision] = {}
        self._texts: tuple[str, ...] = ()
        self._clock: str | None = None
        #: Columns that the user or a recipe names.
        self._requested: set[str] = set()
        self._warnings: list[str] = []

    def decide(self, decision: Decision, *columns: str) -> None:
        """Note what a role is, and that columns have no other."""
        self._decisions[decision.role] = decision
        self._free = [column for column in self._free if column not in columns]

    def take_choice(self, choice: ColumnChoice) -> None:
        """Do what the user says."""
        for role, requested in vars(choice).items():
            if requested:
                found = named_columns(self._name, self._columns, role, requested)
                self._take(role, found, f"--{role}")
            elif requested is not None and role != "text":
                self.decide(Decision(role, None, f"--{role} '': there is none"))

    def take_recipe(self, recipe: RecipeChoice) -> None:
        """Do what a recipe says, where the user says nothing."""
        name = recipe.name
        for role, requested in vars(recipe.columns).items():
            if role in self._decisions or requested is None:
                continue
            if not requested:
                self.decide(Decision(role, None, f"recipe {name}: there is none"))
                continue
            try:
                found = named_columns(self._name, self._columns, role, requested)
            except IngestError:
                if recipe.strict:
                    raise
                continue
            # What the user wants something else with is left alone.
            if all(one in self._free or one not in self._columns for one in found):
                self._take(role, found, f"recipe {name}")

    def _take(self, role: str, found: tuple[str, ...], why: str) -> None:
        self.decide(Decision(role, ", ".join(found), why), *found)
        self._requested.update(found)
        if role == "text":
            self._texts = found
        elif role == "time" and len(found) > 1:
            self._clock = found[1]
            self._decisions[role] = Decision(role, found[0], why)
            self._decisions["clock"] = Decision("clock", found[1], why)

    def find(self, identity: Columns) -> ColumnPlan:
        """Find what is not decided."""
        search = TextColumn(self._name, self._columns, self._free, self._sample)
        if not self._texts and (decision := search.by_usual_name()):
            assert decision.column is not None
            self._take_text(decision)
        for role in _ROLES:
            if role not in self._decisions:
                self._find_role(role)
        self._find_clock()
        if not self._texts:
            self._take_text(search.otherwise(self._free, self._titles()))
        return ColumnPlan(self._found(), self._ordered(), identity, tuple(self._warnings))

    def _take_text(self, decision: Decision) -> None:
        assert decision.column is not None
        self._texts = (decision.column,)
        if decision.column in self._titles():
            self._decisions["title"] = Decision("title", None, "it is the text")
        self.decide(decision, decision.column)

    def _titles(self) -> list[str]:
        """What was found as the title by its name alone: it may be all there is of a text."""
        title = self._decisions.get("title")
        return [title.column] if title and title.column and title.why == _BY_NAME else []

    def _find_role(self, role: str) -> None:
        usual = usual_columns(role, self._free)
        further = [one for one in further_columns(role, self._free) if one not in usual]
        candidates = [one for one in usual if self._goes_with(role, one)]
        candidates += [one for one in further if self._goes_with(role, one, strictly=True)]
        if not candidates and usual and role == "time":
            # Its times cannot be read, and that should be said.
            candidates = [one for one in usual if self._sample.share_of_clocks(one) <= 0.5]
        if role == "rating":
            # A question, as surveys have it.
            asked = [
                one
                for one in self._free
                if one not in candidates and (is_rating_name(one) or is_net_promoter_name(one))
            ]
            candidates += [one for one in asked if is_rating(self._sample, one)]
        why = _BY_NAME
        if not candidates and role == "time" and (only := only_time(self._sample, self._free)):
            candidates, why = [only], "only it holds times"
        self._warn_of_id(role, usual, candidates)
        runner_up = candidates[1] if len(candidates) > 1 else None
        column = candidates[0] if candidates else None
        self.decide(
            Decision(role, column, why if column else "no column looks like it", runner_up),
            *([column] if column else []),
        )

    def _goes_with(self, role: str, column: str, strictly: bool = False) -> bool:
        if strictly and role == "id":
            return is_unique(self._sample, column)
        check = _BY_VALUES.get(role)
        return check is None or check(self._sample, column)

    def _warn_of_id(self, role: str, usual: list[str], candidates: list[str]) -> None:
        if role == "id" and usual and usual[0] not in candidates:
            self._warnings.append(
                f"column '{shown_names(usual[:1])}' is no id: different rows have the same; "
                "give --id if it is one"
            )

    def _find_clock(self) -> None:
        """A time of day in a column of its own."""
        time = self._decisions["time"].column
        if self._clock or time is None or time in self._requested:
            return
        if not self._sample.share_of_days(time):
            return
        for column in further_columns("clock", self._free):
            if self._sample.share_of_clocks(column) > 0.5:
                self._clock = column
                why = f"it holds times of day, '{shown_names([time])}' days only"
                self.decide(Decision("clock", column, why), column)
                return

    def _found(self) -> Columns:
        columns = {role: self._decisions[role].column for role in _ROLES}
        return Columns(
            text=self._texts[0], clock=self._clock, more_texts=self._texts[1:], **columns
        )

    def _ordered(self) -> tuple[Decision, ...]:
        order = ("text", "title", "id", "time", "clock", "rating", "language", "product", "source")
        return tuple(self._decisions[role] for role in order if role in self._decisions)
