"""An input that is in memory already: the columns of a table, or texts alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from producer.ingest.readers.encoding import is_broken
from producer.ingest.readers.input import Input
from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import RowStream


@dataclass(frozen=True)
class _Opener:
    """Opens a table, as often as that is needed."""

    name: str
    columns: Mapping[str, Sequence[Any]]

    @contextmanager
    def __call__(self) -> Iterator[RowStream]:
        yield RowStream(self.name, list(self.columns), self._rows(), lambda: None)

    def _rows(self) -> Iterator[Row | Reject]:
        names = list(self.columns)
        for number, values in enumerate(zip(*self.columns.values(), strict=True), start=1):
            fields = dict(zip(names, values, strict=True))
            if any(isinstance(value, str) and is_broken(value) for value in values):
                yield Reject(self.name, number, "broken encoding: not UTF-8", fields)
            else:
                yield Row(number, fields)


def table_input(name: str, columns: Mapping[str, Sequence[Any]]) -> Input:
    """A table as an input; its rows are numbered from 1.

    Args:
        name: What errors call it; also what is stored of it is known by this name.
        columns: Values by column, all of one length.
    """
    opened = _Opener(name, columns)
    return Input(name, name, name, f"table:{name}", checkable=True, open=opened)
