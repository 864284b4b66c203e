"""What a caller gives: texts, a table of any of three libraries, or a path."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback_triage.frames import Frame, Kind, kind_of

if TYPE_CHECKING:
    from producer.ingest.readers.input import Input

#: What errors call a table, and its column of texts where these are given alone.
TABLE, TEXTS = "the table", "the texts"


@dataclass(frozen=True, slots=True)
class Given:
    """What was given.

    Attributes:
        path: A path, as `triage ingest` takes it; None for all else.
        columns: Values by column; None for a path.
        table: The table as it was given; None for texts and paths.
        kind: The library of the table, or of the texts.
        index: That of pandas, where texts came with one.
    """

    path: str | None = None
    columns: dict[str, Sequence[Any]] | None = None
    table: Frame | None = None
    kind: Kind | None = None
    index: Any = None


def read_given(data: Any) -> Given:
    """Tell what was given.

    Raises:
        TypeError: If it is none of the things that may be.
    """
    if isinstance(data, str | os.PathLike):
        return Given(path=os.fspath(data))
    kind = kind_of(data)
    if kind is not None and _is_table(data):
        return Given(columns=table_columns(data, kind), table=data, kind=kind)
    if kind is not None or isinstance(data, Iterable):
        return Given(
            columns={"text": _values(data, kind)},
            kind=kind,
            index=data.index if kind == "pandas" else None,
        )
    raise TypeError(
        "give a list of texts, a table of pandas, Arrow or Polars, or a path, not "
        f"{type(data).__name__}"
    )


def table_columns(table: Any, kind: Kind) -> dict[str, Sequence[Any]]:
    """The columns of a table as values of Python; missing ones are `None`."""
    names = [str(name) for name in (table.column_names if kind == "arrow" else table.columns)]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{TABLE} has several columns {twice!r}; rename one")
    if kind == "pandas":
        columns = [table.iloc[:, place] for place in range(len(names))]
    elif kind == "polars":
        columns = table.get_columns()
    else:
        columns = table.columns
    return {name: _values(one, kind) for name, one in zip(names, columns, strict=True)}


def as_input(name: str, columns: dict[str, Sequence[Any]]) -> Input:
    """Columns as an input of `triage ingest`."""
    from producer.ingest.readers.table_input import table_input

    return table_input(name, columns)


def _is_table(data: Any) -> bool:
    return hasattr(data, "columns") and hasattr(data, "shape")


def _values(data: Any, kind: Kind | None) -> Sequence[Any]:
    if kind == "pandas":
        present = data.notna()
        # A NaN of pandas may be a float, `pandas.NA` or `NaT`: each says that nothing is there.
        return [one if there else None for one, there in zip(data.tolist(), present, strict=True)]
    if kind == "arrow":
        return list(data.to_pylist())
    return list(data.to_list()) if kind == "polars" else list(data)
