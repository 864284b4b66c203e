"""The vectors of clauses in files that are mapped into memory: a pair for a block of documents.

The name of a file says of which rows it was made, so a block that has changed in the database is
read anew, and no other; nothing has to be kept beside.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, func, select

from schema.document import ORIGINAL
from schema.insights.stored_vectors import read_vectors
from schema.private_files import make_private_folder
from schema.results.embedding import EmbeddingRow

#: Ids of documents in a block.
BLOCK = 16_384
#: Of a clause: its document, where it stands, whose result it is, and what was read.
KEYS = np.dtype(
    [("document", "<i8"), ("start", "<i4"), ("end", "<i4"), ("run", "<i4"), ("original", "?")]
)
_VECTORS, _KEYS = ".vectors.npy", ".keys.npy"

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class VectorBlock:
    """The clauses of some documents.

    Attributes:
        keys: (clauses), of the type `KEYS`.
        vectors: (clauses, numbers) in float16, each of length 1; mapped from the file.
    """

    keys: Array
    vectors: Array

    def release(self) -> None:
        """Let the mapped vectors go from this process's memory; the system's cache keeps them, and
        they are mapped again when they are read.
        """
        mapped = getattr(self.vectors, "_mmap", None)
        if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
            mapped.madvise(mmap.MADV_DONTNEED)


class VectorFiles:
    """Keeps files in step with the table `embeddings`.

    Args:
        folder: Of the files; made if it is not there. All of one model.
    """

    def __init__(self, folder: Path) -> None:
        make_private_folder(folder)
        self._folder = folder
        self._open: dict[str, VectorBlock] = {}

    def catch_up(self, connection: Connection, models: Sequence[int]) -> list[VectorBlock]:
        """Read the blocks that have changed, and drop what is no longer in the database.

        Args:
            connection: To the database, in one transaction.
            models: Ids in `models` of those whose vectors may be compared; others are left out.

        Returns:
            All blocks that have clauses.
        """
        wanted = dict(_fingerprints(connection, models))
        for name, block in wanted.items():
            if not (self._folder / (name + _KEYS)).exists():
                self._write(name, _read(connection, block, models))
        self._sweep(set(wanted))
        self._open = {name: self._open.get(name) or self._map(name) for name in wanted}
        return [block for block in self._open.values() if len(block.keys)]

    def _write(self, name: str, block: VectorBlock) -> None:
        # The keys come last: where they are, the vectors are whole.
        for ending, array in ((_VECTORS, block.vectors), (_KEYS, block.keys)):
            partial = self._folder / f".{os.getpid()}{ending}"
            np.save(partial, array)
            partial.replace(self._folder / (name + ending))

    def _map(self, name: str) -> VectorBlock:
        keys = np.load(self._folder / (name + _KEYS))
        if not len(keys):
            return VectorBlock(keys, np.zeros((0, 0), np.float16))
        # Copied when written to, which nobody does: torch warns of memory that it may not write.
        return VectorBlock(keys, np.load(self._folder / (name + _VECTORS), mmap_mode="c"))

    def _sweep(self, wanted: set[str]) -> None:
        for file in self._folder.glob(f"*{_KEYS}"):
            name = file.name.removesuffix(_KEYS)
            if name not in wanted and not name.startswith("."):
                file.unlink(missing_ok=True)
                (self._folder / (name + _VECTORS)).unlink(missing_ok=True)


def _fingerprints(connection: Connection, models: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Name and number of each block. Rows never change once they are written: they come with a run,
    and go with it or with their document.
    """
    block = (EmbeddingRow.document_id // BLOCK).label("block")
    # All in the index over documents and runs: no vector is read.
    sums = (func.count(), func.sum(EmbeddingRow.document_id), func.sum(EmbeddingRow.run_id))
    known = hashlib.sha256(repr(sorted(models)).encode("ascii")).hexdigest()[:8]
    for number, *numbers in connection.execute(select(block, *sums).group_by(block)):
        signature = "-".join(str(int(one)) for one in numbers)
        # Which models may be compared tells rows of the same numbers apart.
        yield f"{int(number)}_{signature}_{known}", int(number)


def _read(connection: Connection, block: int, models: Sequence[int]) -> VectorBlock:
    """The clauses of a block's documents, of each document those of its newest run."""
    columns = EmbeddingRow.__table__.c
    rows = connection.execute(
        select(
            columns.document_id,
            columns.start,
            columns.end,
            columns.run_id,
            (columns.text_used == ORIGINAL),
            columns.vector,
        )
        .where(
            columns.document_id >= block * BLOCK,
            columns.document_id < (block + 1) * BLOCK,
            columns.model_id.in_(list(models)),
        )
        .order_by(columns.document_id, columns.run_id.desc(), columns.ordinal)
    )
    keys: list[tuple[Any, ...]] = []
    vectors: list[bytes] = []
    for document_id, start, end, run_id, original, vector in rows:
        if keys and keys[-1][0] == document_id and keys[-1][3] != run_id:
            continue
        keys.append((document_id, start, end, run_id, original))
        vectors.append(vector)
    stacked = read_vectors(vectors) if vectors else np.empty(0, "<f2")
    return VectorBlock(np.array(keys, KEYS), stacked)
