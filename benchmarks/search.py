"""What a search by meaning costs among a million clauses: processor time, memory, first answer.

    python -m benchmarks.search [--clauses N] [--queries N]

Vectors are drawn at random around 1,000 centres. Nothing is read of a database: files are written
as `VectorFiles` has them, and mapped.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt
import psutil

from schema.search.filters import Selection
from workers.runtime.threads import limit_threads
from workers.search.nearest import ClauseVectors
from workers.search.vectors import BLOCK, KEYS, VectorBlock, VectorFiles

NUMBERS = 384
CENTRES = 1_000
#: Clauses of a document.
OF_DOCUMENT = 3
LIMIT = 10


def main() -> None:
    """Write the vectors, then search."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search")
    parser.add_argument("--clauses", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=20)
    asked = parser.parse_args()
    limit_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        files = VectorFiles(Path(folder))
        names = _write(files, asked.clauses)
        begun, used = time.perf_counter(), time.process_time()
        clauses = ClauseVectors([files._map(name) for name in names])
        queries = [_queries(number) for number in range(asked.queries)]
        clauses.nearest(queries[0].tobytes(), Selection(frozenset(), inverted=True), LIMIT)
        first = time.perf_counter() - begun, time.process_time() - used
        every = frozenset(range(0, asked.clauses // OF_DOCUMENT, 3))
        selections = {
            "all": Selection(frozenset(), inverted=True),
            "a third": Selection(every, inverted=False),
        }
        print(f"{asked.clauses:,} clauses × {NUMBERS}, one thread")
        print(f"first answer: {first[0]:.2f} s, {first[1]:.2f} s of processor")
        for name, selection in selections.items():
            spent = [_spent(clauses, query, selection) for query in queries]
            print(f"{name}: {1000 * median(spent):.0f} ms of processor a query (median)")
        memory = psutil.Process().memory_info()
        own, mapped = (memory.rss - memory.shared) / 2**20, memory.shared / 2**20
        print(f"memory: {own:.0f} MiB of its own, {mapped:.0f} MiB mapped from files")
        print(f"recall@{LIMIT}: {_recall(clauses, queries[:5]):.3f}")


def _write(files: VectorFiles, clauses: int) -> list[str]:
    random = np.random.default_rng(1)
    centres = _unit(random.normal(size=(CENTRES, NUMBERS)).astype(np.float32))
    names, step = [], BLOCK * OF_DOCUMENT
    for number, begin in enumerate(range(0, clauses, step)):
        count = min(step, clauses - begin)
        keys = np.zeros(count, KEYS)
        keys["document"] = np.arange(begin, begin + count) // OF_DOCUMENT
        jitter = random.normal(size=(count, NUMBERS)).astype(np.float32) * 0.04
        vectors = _unit(centres[random.integers(0, CENTRES, count)] + jitter).astype("<f2")
        names.append(str(number))
        files._write(names[-1], VectorBlock(keys, vectors))
    return names


def _queries(number: int) -> npt.NDArray[np.float16]:
    random = np.random.default_rng(1000 + number)
    centre = np.random.default_rng(1).normal(size=(CENTRES, NUMBERS))[number]
    jittered = centre / np.linalg.norm(centre) + random.normal(size=NUMBERS) * 0.04
    return np.asarray(_unit(jittered[None].astype(np.float32))[0], np.float16)


def _unit(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _spent(clauses: ClauseVectors, query: npt.NDArray[np.float16], selection: Selection) -> float:
    used = time.process_time()
    clauses.nearest(query.tobytes(), selection, LIMIT)
    return time.process_time() - used


def _recall(clauses: ClauseVectors, queries: Sequence[npt.NDArray[np.float16]]) -> float:
    """The share of the true nearest documents that are found, in float32 over all."""
    shares = []
    for query in queries:
        best: dict[int, float] = {}
        for block in clauses._blocks:
            scores = block.vectors.astype(np.float32) @ query.astype(np.float32)
            for row in np.argsort(-scores)[: 10 * LIMIT]:
                document = int(block.keys["document"][row])
                best[document] = max(float(scores[row]), best.get(document, -1.0))
        wanted = set(sorted(best, key=lambda one: -best[one])[:LIMIT])
        everything = Selection(frozenset(), inverted=True)
        found = clauses.nearest(query.tobytes(), everything, LIMIT)
        shares.append(len(wanted & {int(one.key["document"]) for one in found}) / LIMIT)
    return float(np.mean(shares))


if __name__ == "__main__":
    main()
