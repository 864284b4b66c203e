"""What the analyses give: for each analysis one file with the dataclass of a row and its table.

`start` and `end` are character offsets into the text that was read, `text[start:end]`, end
exclusive: the original, or its translation where the row's `text_used` says so.
`score` is a probability in 0..1, except that an answer found alike in overlapping windows of a
long text has the sum of their scores, as in the pipeline, which may exceed 1. `windows` counts the
pieces that a text longer than the model's window was read in; 1 means whole.

Nothing else registers an analysis: each subclass of `ResultTable` that a module of this package
defines, and that names its `analysis`, is in `RESULT_TABLES`, of which all lists are made.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from schema.results.abstention import Abstention
from schema.results.base import OrdinalTable, Result, ResultTable
from schema.results.classification import ClassificationRow
from schema.results.failure import Failure


def _find_tables() -> Iterator[type[ResultTable]]:
    """Import the modules of this package, and find the tables that they define."""
    for found in pkgutil.iter_modules(__path__, f"{__name__}."):
        module = import_module(found.name)
        for value in vars(module).values():
            defined = isinstance(value, type) and value.__module__ == module.__name__
            if defined and issubclass(value, ResultTable) and hasattr(value, "analysis"):
                yield value


#: In the order in which reports and progress show the analyses.
RESULT_TABLES: tuple[type[ResultTable], ...] = tuple(
    sorted(_find_tables(), key=lambda table: (table.order, table.analysis))
)

_TABLES = {table.analysis: table for table in RESULT_TABLES}


def result_table(analysis: str) -> type[ResultTable]:
    """The table that holds the results of an analysis: of those of the user's own, the one that
    they share.
    """
    return _TABLES.get(analysis, ClassificationRow)


def rows_of(analysis: str) -> str:
    """What stands behind FROM or JOIN for the results of an analysis. Where several share a table
    it refers to `:analysis`, and has the first row of each document, which is its surest label.
    """
    table: Any = result_table(analysis)
    name: str = table.__tablename__
    return (
        f"(SELECT * FROM {name} WHERE analysis = :analysis AND ordinal = 0)"
        if table.of_many
        else name
    )


def results_json(analysis: str, results: Sequence[Result]) -> dict[str, Any] | list[dict[str, Any]]:
    """One document's results as `triage analyze` prints them: an object, or a list of objects for
    an analysis that gives several rows. `windows` is said where a text was read in pieces. A label
    of the user's own that is not the only one has `labels`: the names of all, the surest first.
    """
    if issubclass(result_table(analysis), OrdinalTable):
        return [_with_windows(result) for result in results]
    several = {"labels": [getattr(one, "label", None) for one in results]}
    return _with_windows(results[0]) | (several if len(results) > 1 else {})


def _with_windows(result: Result) -> dict[str, Any]:
    windows = getattr(result, "windows", 1)
    return result.as_json() | ({"windows": windows} if windows > 1 else {})


__all__ = [
    "RESULT_TABLES",
    "Abstention",
    "ClassificationRow",
    "Failure",
    "OrdinalTable",
    "Result",
    "ResultTable",
    "result_table",
    "results_json",
    "rows_of",
]
