"""The words of documents: an FTS5 index in a file of its own, of SQLite and PostgreSQL alike.

Beside the database and not in it: an ingest costs nothing more, searches need no right to write,
and documents rank alike on both databases (bm25, which PostgreSQL does not have). It catches up
when it is opened: blocks of documents whose numbers have changed are looked into, others not.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, func, select

from schema.private_files import make_private_file
from schema.search.filters import Selection
from schema.tables import DocumentRow

#: Documents whose number and sum of ids are compared at once.
BLOCK = 8_192
#: Words that more than this share of documents have are left out, if the query has rarer ones, …
COMMON_SHARE = 0.1
#: … from so many documents on.
_MANY = 1_000
#: Milliseconds to wait for another search that catches up.
_PATIENCE = 60_000

_TABLES = """
CREATE VIRTUAL TABLE IF NOT EXISTS words
    USING fts5(text, content='', tokenize='unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab(words, 'row');
CREATE TABLE IF NOT EXISTS blocks (block INTEGER PRIMARY KEY, documents INTEGER, ids INTEGER);
"""

#: Number and sum of ids, by block.
_Blocks = dict[int, tuple[int, int]]


class NoWordsError(RuntimeError):
    """This Python's SQLite cannot search for words."""


class WordIndex:
    """Finds documents by their words.

    Args:
        file: Of the index; made if it is not there.

    Raises:
        NoWordsError: If SQLite has no FTS5.
    """

    def __init__(self, file: Path) -> None:
        make_private_file(file)
        self._index = sqlite3.connect(file, timeout=_PATIENCE / 1000, isolation_level=None)
        self._index.execute("PRAGMA secure_delete = ON").close()
        try:
            self._index.executescript(_TABLES)
        except sqlite3.OperationalError as error:
            self._index.close()
            if "fts5" not in str(error):
                raise
            raise NoWordsError("this Python's SQLite has no FTS5") from None

    def close(self) -> None:
        """Close the file."""
        self._index.close()

    def catch_up(self, connection: Connection) -> int:
        """Index the documents that have come since, and forget those that are gone.

        Args:
            connection: To the database, in one transaction.

        Returns:
            How many documents were indexed.
        """
        with self._changing():
            there = _blocks_of(connection)
            known = self._known()
            changed = [
                block for block in sorted(there | known) if there.get(block) != known.get(block)
            ]
            lost = any(self._indexed(block) - _ids(connection, block) for block in changed)
            if lost:
                # Of what is gone, the index cannot tell which words were its own.
                self._index.execute("INSERT INTO words(words) VALUES ('delete-all')").close()
                self._index.execute("DELETE FROM blocks").close()
                changed = sorted(there)
            return sum(self._index_block(connection, block, there[block]) for block in changed)

    def search(self, query: str, selection: Selection, limit: int) -> list[int]:
        """Documents that have words of the query, the best first, as bm25 rates them.

        Args:
            query: Any text; its marks mean nothing.
            selection: Of the documents that are looked at.
            limit: The most documents.
        """
        words = self._telling(words_of(query))
        if not words:
            return []
        match = " OR ".join(f'"{word}"' for word in words)
        rows = self._index.execute(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank, rowid", (match,)
        )
        found: list[int] = []
        with closing(rows):
            for (document_id,) in rows:
                if document_id in selection:
                    found.append(document_id)
                    if len(found) == limit:
                        break
        return found

    def _telling(self, words: list[str]) -> list[str]:
        """The words without those that stand in very many documents: they tell little, and to rate
        all of these takes long.
        """
        (total,) = self._index.execute("SELECT coalesce(sum(documents), 0) FROM blocks").fetchone()
        most = max(_MANY, COMMON_SHARE * total)
        places = ", ".join("?" * len(words))
        counts = dict(
            self._index.execute(f"SELECT term, doc FROM vocabulary WHERE term IN ({places})", words)
        )
        rare = [word for word in words if 0 < counts.get(word, 0) <= most]
        return rare or words

    def _known(self) -> _Blocks:
        rows = self._index.execute("SELECT block, documents, ids FROM blocks")
        return {block: (documents, ids) for block, documents, ids in rows}

    def _indexed(self, block: int) -> set[int]:
        rows = self._index.execute(
            "SELECT id FROM words_docsize WHERE id >= ? AND id < ?",
            (block * BLOCK, (block + 1) * BLOCK),
        )
        return {document_id for (document_id,) in rows}

    def _index_block(self, connection: Connection, block: int, state: tuple[int, int]) -> int:
        known = self._indexed(block)
        texts = connection.execute(
            select(DocumentRow.id, DocumentRow.text).where(
                DocumentRow.id >= block * BLOCK, DocumentRow.id < (block + 1) * BLOCK
            )
        )
        new = [(row.id, row.text) for row in texts if row.id not in known]
        self._index.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", new).close()
        self._index.execute("REPLACE INTO blocks VALUES (?, ?, ?)", (block, *state)).close()
        return len(new)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        self._index.execute("BEGIN IMMEDIATE").close()
        try:
            yield
        except BaseException:
            self._index.execute("ROLLBACK").close()
            raise
        self._index.execute("COMMIT").close()


def words_of(text: str) -> list[str]:
    """The words of a text as the index has them: small, without accents, each once."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.lower())
        if not unicodedata.combining(letter)
    )
    return list(dict.fromkeys(re.findall(r"[^\W_]+", plain)))


def _blocks_of(connection: Connection) -> _Blocks:
    block = (DocumentRow.id // BLOCK).label("block")
    rows = connection.execute(select(block, func.count(), func.sum(DocumentRow.id)).group_by(block))
    return {int(number): (int(documents), int(ids)) for number, documents, ids in rows}


def _ids(connection: Connection, block: int) -> set[int]:
    within = (DocumentRow.id >= block * BLOCK, DocumentRow.id < (block + 1) * BLOCK)
    return set(connection.execute(select(DocumentRow.id).where(*within)).scalars())
