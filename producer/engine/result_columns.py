"""Results as columns, the same whatever the results are: for CSV and data frames."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from schema.results import OrdinalTable, result_table

#: Why analyses left the text alone: `sentiment: language de; qa: language de`.
NOT_ANALYSED = "not_analysed"
#: Why a row was not analysed, or by what not.
ERROR = "error"


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of results.

    Attributes:
        name: Of the column: the analysis where it gives several results a text, a list of objects
            then; else `sentiment_label` and the like, and `language` for the language itself.
        analysis: Whose result it has.
        key: Which part of a result; None for all of them, in a list.
        example: A value of it; `None` beside it is a text that has none.
    """

    name: str
    analysis: str
    key: str | None
    example: Any

    def value(self, results: Mapping[str, Any]) -> Any:
        """The value of one text.

        Args:
            results: By analysis, as `producer.engine.analyzed.AnalyzedRow` has them.
        """
        found = results.get(self.analysis)
        if found is None or is_left_alone(found):
            return None
        if self.key is not None:
            part = found.get(self.key)
            # A label may be a number of the checkpoint; a column is all texts.
            return part if part is None or type(self.example) is not str else str(part)
        return [{key: one.get(key) for key in self.example[0]} for one in found]


def is_left_alone(found: Any) -> bool:
    """Whether what an analysis says is only why it says nothing."""
    return isinstance(found, dict) and NOT_ANALYSED in found


def result_columns(analyses: Sequence[str]) -> list[ResultColumn]:
    """The columns of some analyses, in their order."""
    columns: list[ResultColumn] = []
    for analysis in analyses:
        table = result_table(analysis)
        example = _example(table.result).as_json()
        if issubclass(table, OrdinalTable):
            columns.append(ResultColumn(analysis, analysis, None, [example]))
            continue
        columns += [
            ResultColumn(_name(analysis, key), analysis, key, value)
            for key, value in example.items()
        ]
        if table.of_many:
            # Where a text may have several labels: all of them, the surest first.
            columns.append(ResultColumn(f"{analysis}_labels", analysis, "labels", [""]))
    return columns


def left_alone(results: Mapping[str, Any]) -> str | None:
    """Which analyses have left a text alone, and why, in words; None where none has."""
    said = [
        f"{analysis}: {found[NOT_ANALYSED]}"
        for analysis, found in results.items()
        if is_left_alone(found)
    ]
    return "; ".join(said) or None


def _name(analysis: str, key: str) -> str:
    return analysis if key == analysis else f"{analysis}_{key}"


def _example(result: type[Any]) -> Any:
    """A result in which nothing is missing, so that its JSON has all keys."""
    hints = get_type_hints(result)
    return result(**{name: _example_of(hints[name]) for name in result.__dataclass_fields__})


def _example_of(hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _example_of(next(one for one in arguments if one is not type(None)))
    if origin is tuple:
        return tuple(_example_of(one) for one in arguments if one is not Ellipsis)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {_example_of(arguments[0]): _example_of(arguments[1])}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    # Two bytes are a number of a vector.
    return b"\0\0" if hint is bytes else hint()
