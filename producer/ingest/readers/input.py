"""Inputs: what a PATH of the command line can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from producer.ingest.errors import IngestError
from producer.ingest.escaping import escaped
from producer.ingest.readers.csv_reader import open_csv
from producer.ingest.readers.encoding import is_broken
from producer.ingest.readers.files import COMPRESSIONS, check_file, open_file, standard_input
from producer.ingest.readers.jsonl_reader import open_jsonl
from producer.ingest.readers.parquet_reader import open_parquet
from producer.ingest.readers.row_stream import RowStream
from producer.ingest.readers.sql_reader import open_sql, parse_sql
from schema.database.errors import describe

FORMATS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")

#: Characters of the longest field that is read at all, unless the text limit is higher.
LEAST_FIELD_LIMIT = 1 << 20


@dataclass(frozen=True)
class Input:
    """Something to read rows from.

    Attributes:
        name: As the user gave it, without a password.
        stem: What runs and documents are named after when nothing else is said.
        file_name: Tells its rows apart from those of another input where they have no id.
        key: The same for two inputs only if they are the same one.
        checkable: Whether it can be opened once to look, and once more to read.
        open: Opens it and reads its columns; raises IngestError.
    """

    name: str
    stem: str
    file_name: str
    key: str
    checkable: bool
    open: Callable[[], AbstractContextManager[RowStream]]


def parse_input(argument: str, encoding: str | None, text_limit: int) -> Input:
    """Read a PATH of the command line: `-`, `sql:URL SELECT …`, or a file.

    Args:
        argument: The PATH.
        encoding: As `--encoding` says, for text files.
        text_limit: Characters that a text may have.

    Raises:
        IngestError: If it is none of these.
    """
    if is_broken(argument):
        raise IngestError(f"{escaped(argument)}: this name is not UTF-8; rename the file")
    field_limit = max(LEAST_FIELD_LIMIT, 2 * text_limit)
    if argument == "-":
        read = partial(_open_standard_input, encoding, field_limit)
        return Input("-", "stdin", "stdin", "-", checkable=False, open=read)
    if argument.startswith("sql:"):
        url, select = parse_sql(argument)
        name = f"sql:{describe(url)} {select}"
        return Input(
            name, "sql", name, name, checkable=False, open=partial(open_sql, name, url, select)
        )
    return _file_input(Path(argument), encoding, field_limit)


def _file_input(path: Path, encoding: str | None, field_limit: int) -> Input:
    check_file(path)
    compressed = path.suffix.lower() in COMPRESSIONS
    inner = Path(path.stem if compressed else path.name)
    kind = inner.suffix.lower()
    if kind not in FORMATS or (kind == ".parquet" and compressed):
        raise IngestError(
            f"{path}: cannot tell its format; known are .csv, .tsv, .jsonl and .ndjson, "
            "each also .gz or .zst, and .parquet"
        )
    return Input(
        name=str(path),
        stem=inner.stem,
        file_name=inner.name,
        key=str(path.resolve()),
        checkable=path.is_file(),
        open=partial(_open_file, path, kind, encoding, field_limit),
    )


@contextmanager
def _open_file(
    path: Path, kind: str, encoding: str | None, field_limit: int
) -> Iterator[RowStream]:
    if kind == ".parquet":
        with open_parquet(path) as rows:
            yield rows
        return
    with open_file(path) as source:
        if kind in (".csv", ".tsv"):
            yield open_csv(source, encoding, field_limit, tabs=kind == ".tsv")
        else:
            yield open_jsonl(source, encoding, field_limit)


@contextmanager
def _open_standard_input(encoding: str | None, field_limit: int) -> Iterator[RowStream]:
    yield open_jsonl(standard_input(), encoding, field_limit)
