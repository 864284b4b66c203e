"""The text column: by the surest name whose values do not speak against it, else by the values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from producer.ingest.columns.choice import Decision
from producer.ingest.columns.column_sample import ColumnSample
from producer.ingest.columns.usual_names import (
    TEXT_ENDINGS,
    alike_columns,
    further_columns,
    is_other_name,
    usual_columns,
    words,
)
from producer.ingest.errors import IngestError
from producer.ingest.escaping import MOST_NAMES, shown, shown_names

#: Columns that are searched for prose; of very many nobody means the last.
_MOST_SEARCHED = 1_000
#: Columns that are searched for the second best.
_MOST_RUNNERS_UP = 100
#: Share of values that decides what a column is made of.
_MOST_OF = 0.9
#: How much better than the next column the best must be to be taken without a question.
_CLEAR = 1.5
#: Share of values with several words that a column of prose has at the least: many answers are
#: one word.
_LEAST_PROSE = 0.3


class TextColumn:
    """Finds the text column of one input.

    Args:
        name: The input.
        columns: All of its columns.
        free: Those that hold nothing else by the user's word.
        sample: Its first rows; without any, names alone decide.
    """

    def __init__(
        self, name: str, columns: Sequence[str], free: Sequence[str], sample: ColumnSample
    ) -> None:
        self._name = name
        self._columns = columns
        self._free = free
        self._sample = sample
        #: Columns that have the name of a text, and values that are none.
        self._refused: list[str] = []

    def by_usual_name(self) -> Decision | None:
        """Find it by one of the surest names."""
        candidates = [one for one in usual_columns("text", self._free) if self._may_be(one)]
        if not candidates:
            return None
        runner_up = candidates[1] if len(candidates) > 1 else self._next_prose(candidates[0])
        return Decision("text", candidates[0], "its name is usual for texts", runner_up)

    def otherwise(self, free: Sequence[str], titles: Sequence[str]) -> Decision:
        """Find it by a name that is less sure, or by its values.

        Args:
            free: Columns that have no other role by then.
            titles: Those that are titles by their name alone: one may be all there is of a text.

        Raises:
            IngestError: If there is none, or several are as likely.
        """
        ending = [column for column in free if words(column).endswith(TEXT_ENDINGS)]
        named = [one for one in further_columns("text", free) if one not in ending]
        for candidates, why in (
            (ending, "its name ends as those of texts do"),
            (named, "its name is one of those of texts"),
        ):
            possible = [column for column in candidates if self._may_be(column)]
            if possible and candidates is named:
                # `Freitext 1` and `Freitext 2` are two questions.
                possible = [one for one in alike_columns(possible[0], free) if self._may_be(one)]
            if len(possible) == 1:
                return Decision("text", possible[0], why, self._next_prose(possible[0]))
            if possible:
                own = [column for column in possible if not is_other_name(column)] or possible
                return self._clearly_best(own) or self._refuse_tie(own)
        return self._by_values(free, titles)

    def _by_values(self, free: Sequence[str], titles: Sequence[str]) -> Decision:
        prose = self._prose(free)
        own = [column for column in prose if not is_other_name(column)]
        for candidates in (own, self._prose(titles), prose):
            if len(candidates) == 1:
                return Decision("text", candidates[0], "only it holds words", None)
            if candidates:
                return self._clearly_best(candidates) or self._refuse_tie(candidates)
        if len(self._columns) == 1 and not self._refused and free:
            only = self._columns[0]
            if self._sample.profile(only).numbers < _MOST_OF:
                return Decision("text", only, "it is the only column")
        for column in self._refused:
            # Its rows are rejected, each with its reason.
            if not any(isinstance(value, str) for value in self._sample.values(column)):
                return Decision("text", column, "its name is usual for texts")
        raise IngestError(self._no_text())

    def _clearly_best(self, candidates: Sequence[str]) -> Decision | None:
        """The column that looks most as if people had written it, if none comes near."""
        if len(candidates) == 1:
            return Decision("text", candidates[0], "its values look like what people write")
        score = {column: self._sample.profile(column).score for column in candidates}
        best, second, *_ = sorted(candidates, key=lambda one: -score[one])
        if score[best] and score[best] >= _CLEAR * score[second]:
            return Decision("text", best, "its values look most like what people write", second)
        return None

    def _refuse_tie(self, candidates: Sequence[str]) -> NoReturn:
        chosen = list(candidates)[:MOST_NAMES]
        both = ",".join(chosen[:2]) if len(chosen) > 1 else ""
        raise IngestError(
            f"{self._name}: which column is the text? Give --text {' or '.join(map(shown, chosen))}"
            f"; for a document each: --text {shown(both)}"
        )

    def _no_text(self) -> str:
        if not self._columns:
            return f"{self._name} has no columns"
        refused = f" (column '{shown(self._refused[0])}' holds none)" if self._refused else ""
        return (
            f"{self._name}: no column looks like the text{refused}; name it with --text, "
            f"one of: {shown_names(self._columns)}"
        )

    def _may_be(self, column: str) -> bool:
        """Whether the values do not speak against a column that has the name of a text."""
        profile = self._sample.profile(column)
        if not profile.values:
            return True
        refused = profile.numbers >= _MOST_OF or (
            profile.prose < _LEAST_PROSE and self._sample.share_of_times(column) >= _MOST_OF
        )
        if not refused and "text" not in words(column).split():
            # `content` may be `video` or `photo`, while the words are in another column.
            one_of_few = profile.values > 3 and profile.variety <= 0.5 and not profile.prose
            refused = one_of_few and any(map(self._is_clearly_prose, self._free[:_MOST_SEARCHED]))
        if refused and column not in self._refused:
            self._refused.append(column)
        return not refused

    def _is_clearly_prose(self, column: str) -> bool:
        profile = self._sample.profile(column)
        varied = profile.prose >= 0.7 and profile.variety >= 0.8
        return varied and profile.words >= 3 and not is_other_name(column)

    def _prose(self, columns: Sequence[str]) -> list[str]:
        """Columns that hold words, and more than one text."""
        searched = columns[:_MOST_SEARCHED]
        profiles = {column: self._sample.profile(column) for column in searched}
        return [
            column
            for column, profile in profiles.items()
            if profile.prose >= _LEAST_PROSE
            and (profile.distinct > 1 or profile.values == 1)
            and column not in self._refused
            and self._sample.share_of_times(column) < 0.5
        ]

    def _next_prose(self, chosen: str) -> str | None:
        others = [one for one in self._free if one != chosen and not is_other_name(one)]
        prose = self._prose(others[:_MOST_RUNNERS_UP])
        return max(prose, key=lambda one: self._sample.profile(one).score, default=None)
