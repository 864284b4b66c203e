"""Columns of many rows at once: each is read from top to bottom, and a frequent value once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, NamedTuple

from producer.ingest.columns.nested_fields import get_field
from producer.ingest.validation.metadata import encode_metadata

#: Values of a column that are kept with what was read of them, …
MOST_KEPT = 1_000
#: … none longer than this.
LONGEST_KEPT = 100
#: Rows with more columns are encoded as any object is.
MOST_COLUMNS = 100
#: What a value may raise that is not plain. What becomes of it is not decided here.
NOT_PLAIN = (ValueError, TypeError, ArithmeticError, RecursionError)


class PlainColumn:
    """Reads one column.

    Args:
        column: Its name, or a path.
        read: Reads a value; raises one of `NOT_PLAIN` where it is not plain. The same for the same
            value at any time.
        keep: Whether values repeat, so that it is worth keeping them.
    """

    def __init__(self, column: str, read: Callable[[Any], Any], *, keep: bool = True) -> None:
        self._column = column
        self._nested = "." in column
        self._read = read
        self._keep = keep
        self._known: dict[str, Any] = {}

    def values(self, rows: Sequence[dict[str, Any]], special: set[int]) -> list[Any]:
        """What each row has in the column.

        Args:
            rows: Their fields.
            special: Gets the indices of rows whose value is not plain.
        """
        column, read, known = self._column, self._read, self._known
        found: list[Any] = []
        for index, fields in enumerate(rows):
            value: Any = get_field(fields, column) if self._nested else fields.get(column)
            # 1, True and 1.0 are one key.
            is_string = type(value) is str
            if is_string and value in known:
                found.append(known[value])
                continue
            try:
                found.append(read(value))
            except NOT_PLAIN:
                special.add(index)
                found.append(None)
                continue
            if self._keep and is_string and len(known) < MOST_KEPT and len(value) <= LONGEST_KEPT:
                known[value] = found[-1]
        return found


class Metadata(NamedTuple):
    """The metadata of a row.

    Attributes:
        encoded: As JSON.
        in_order: Likewise, as `hash_sorted_metadata` wants it; None where nobody has made it.
    """

    encoded: str
    in_order: str | None


class MetadataColumns:
    """Encodes the columns that are metadata.

    Args:
        used: Those that are none.
    """

    def __init__(self, used: frozenset[str]) -> None:
        self._used = used
        #: The columns of rows with these columns, each before its value in JSON; and in order.
        self._known: dict[tuple[str, ...], tuple[list[Any], list[Any]]] = {}

    def read(self, fields: dict[str, Any]) -> Metadata:
        """The metadata of a row.

        Raises:
            ValueError: If they are not plain.
        """
        if len(fields) > MOST_COLUMNS:
            extra = {name: value for name, value in fields.items() if name not in self._used}
            return Metadata(encode_metadata(extra), None)
        written, in_order = self._columns(tuple(fields))
        try:
            encoded = ",".join([key + encode_basestring(fields[name]) for name, key in written])
            ordered = ", ".join(
                [key + encode_basestring_ascii(fields[name]) for name, key in in_order]
            )
        except TypeError:
            # Not strings alone.
            extra = {name: fields[name] for name, _ in written}
            return Metadata(encode_metadata(extra), None)
        if "\\u0000" in encoded:
            raise ValueError("a field may contain NUL")
        return Metadata(f"{{{encoded}}}", f"{{{ordered}}}")

    def _columns(self, names: tuple[str, ...]) -> tuple[list[Any], list[Any]]:
        if (found := self._known.get(names)) is not None:
            return found
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        extra = [name for name in names if name not in self._used]
        written = [(name, f"{encode_basestring(name)}:") for name in extra]
        in_order = [(name, f"{encode_basestring_ascii(name)}: ") for name in sorted(extra)]
        self._known[names] = written, in_order
        return written, in_order
