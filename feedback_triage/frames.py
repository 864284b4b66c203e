"""Data frames: which library's, and how one is made of columns.

One rule for all that this package gives: a table comes back as the kind of table that was given;
where none was given, as a DataFrame of pandas if that is installed, else as a table of Arrow, which
always is. `to=` says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Literal, TypeAlias

#: A `pandas.DataFrame`, a `pyarrow.Table` or a `polars.DataFrame`.
Frame: TypeAlias = Any
#: The library of a frame.
Kind = Literal["pandas", "arrow", "polars"]

_KINDS: tuple[Kind, ...] = ("pandas", "arrow", "polars")
_MODULES: dict[str, Kind] = {"pandas": "pandas", "pyarrow": "arrow", "polars": "polars"}


def kind_of(data: object) -> Kind | None:
    """The library that a value is of; None where it is of none of the three."""
    return _MODULES.get(type(data).__module__.partition(".")[0])


def choose_kind(to: Kind | None, given: Kind | None = None) -> Kind:
    """The library of what is given back.

    Args:
        to: What the caller says.
        given: The library of what the caller gave.

    Raises:
        ValueError: If there is no such library, or it is not installed.
    """
    if to is not None and to not in _KINDS:
        raise ValueError(f"to={to!r} is none of {', '.join(map(repr, _KINDS))}")
    chosen = to or given or ("pandas" if find_spec("pandas") else "arrow")
    if chosen != "arrow" and find_spec(chosen) is None:
        raise ValueError(f"to={chosen!r}: {chosen} is not installed: pip install {chosen}")
    return chosen


def from_columns(
    kind: Kind, columns: Mapping[str, Sequence[Any]], types: Mapping[str, Any]
) -> Frame:
    """Make a frame.

    Args:
        kind: Whose.
        columns: Values by column, all of one length; `None` is a missing one.
        types: Arrow's types of some columns; those of the others are told by their values.
    """
    if kind == "pandas":
        import pandas

        return pandas.DataFrame({name: _series(values) for name, values in columns.items()})
    import pyarrow

    arrays = {name: _array(values, types.get(name)) for name, values in columns.items()}
    return from_arrow(kind, pyarrow.table(arrays))


def with_columns(
    kind: Kind, table: Frame, columns: Mapping[str, Sequence[Any]], types: Mapping[str, Any]
) -> Frame:
    """A frame with further columns; those that it has of these names are replaced. Its rows, their
    order and their index stay.
    """
    if kind == "pandas":
        series = {name: _series(values, table.index) for name, values in columns.items()}
        return table.assign(**series)
    if kind == "polars":
        return table.with_columns(from_columns("polars", columns, types))
    for name, values in columns.items():
        array = _array(values, types.get(name))
        place = table.schema.get_field_index(name)
        table = (
            table.append_column(name, array) if place < 0 else table.set_column(place, name, array)
        )
    return table


def from_arrow(kind: Kind, table: Any) -> Frame:
    """A table of Arrow as a frame of another library, or as it is."""
    if kind == "pandas":
        return table.to_pandas()
    if kind == "polars":
        import polars

        return polars.from_arrow(table)
    return table


def arrow_type(example: Any) -> Any:
    """Arrow's type of values such as this one; a dictionary inside a list is a struct, any other a
    map.
    """
    import pyarrow

    if isinstance(example, list):
        inner = example[0]
        if isinstance(inner, dict):
            fields = [(key, arrow_type(value)) for key, value in inner.items()]
            return pyarrow.list_(pyarrow.struct(fields))
        return pyarrow.list_(arrow_type(inner))
    if isinstance(example, dict):
        return pyarrow.map_(pyarrow.string(), pyarrow.float64())
    return pyarrow.scalar(example).type


def _series(values: Sequence[Any], index: Any = None) -> Any:
    import pandas

    truths = {type(value) for value in values} == {bool, type(None)}
    # Else `~` would not work where one is missing.
    return pandas.Series(list(values), index=index, dtype="boolean" if truths else None)


def _array(values: Sequence[Any], type_: Any) -> Any:
    import pyarrow

    if type_ is not None and pyarrow.types.is_map(type_):
        values = [None if value is None else list(value.items()) for value in values]
    return pyarrow.array(values, type_)
