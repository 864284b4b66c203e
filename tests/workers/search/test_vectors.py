"""Vectors of clauses: their files follow the table, and no clause that is nearest is missed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sqlalchemy import Engine, delete

from schema.database import reading, writing
from schema.results.embedding import EmbeddingRow
from schema.search.filters import Selection
from tests.support.feedback import add_document, add_model, add_result, add_run
from workers.search import nearest as nearest_module
from workers.search import vectors as vectors_module
from workers.search.nearest import ClauseVectors
from workers.search.vectors import KEYS, VectorBlock, VectorFiles

ALL = Selection(frozenset(), inverted=True)
Floats = npt.NDArray[np.float32]


def unit(rows: Floats) -> npt.NDArray[np.float16]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float16)


class Stored:
    """Documents with clauses in a database, of two runs of the same model and one of another.

    Attributes:
        files: Beside it.
        models: Ids of the model that counts.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.files = VectorFiles(folder)
        with writing(engine) as connection:
            self.runs = [add_run(connection, name, ["embedding"]) for name in "abc"]
            self.models = [add_model(connection, run, "embedding", "e5") for run in self.runs[:2]]
            self.other = add_model(connection, self.runs[2], "embedding", "other")
            self.documents = [add_document(connection, number, "x y z") for number in range(5)]

    def add(self, run: int, place: int, *starts: int, model: int | None = None) -> None:
        """Clauses that begin at these places, which their vectors tell too."""
        with writing(self.engine) as connection:
            for ordinal, start in enumerate(starts):
                add_result(
                    connection,
                    "embedding",
                    self.runs[run],
                    self.documents[place],
                    ordinal=ordinal,
                    start=start,
                    end=start + 1,
                    vector=np.array([start, 1], "<f2").tobytes(),
                    model_id=model or self.models[run],
                )

    def read(self) -> list[tuple[int, int, int]]:
        """Place of the document, begin, run; vectors are seen to be those of their keys."""
        with reading(self.engine) as connection:
            blocks = self.files.catch_up(connection, self.models)
        found = []
        for block in blocks:
            assert block.vectors[:, 0].tolist() == block.keys["start"].tolist()
            for key in block.keys:
                place = self.documents.index(int(key["document"]))
                found.append((place, int(key["start"]), self.runs.index(int(key["run"]))))
        return found


@pytest.fixture
def stored(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stored:
    monkeypatch.setattr(vectors_module, "BLOCK", 2)
    return Stored(engine, tmp_path / "vectors")


def test_each_document_has_the_clauses_of_its_newest_run(stored: Stored) -> None:
    assert stored.read() == []
    stored.add(0, 0, 5, 9)
    stored.add(0, 1, 7)
    stored.add(1, 1, 3, 4)
    assert stored.read() == [(0, 5, 0), (0, 9, 0), (1, 3, 1), (1, 4, 1)]


def test_vectors_of_other_models_are_left_out(stored: Stored) -> None:
    stored.add(2, 0, 8, model=stored.other)
    assert stored.read() == []
    stored.add(0, 3, 1)
    assert stored.read() == [(3, 1, 0)]


def test_only_blocks_that_have_changed_are_read(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored.add(0, 0, 5)
    stored.add(0, 4, 6)
    stored.read()
    read: list[int] = []
    real = vectors_module._read

    def counted(connection: object, block: int, models: Sequence[int]) -> VectorBlock:
        read.append(block)
        return real(connection, block, models)  # type: ignore[arg-type]

    monkeypatch.setattr(vectors_module, "_read", counted)
    assert stored.read() == [(0, 5, 0), (4, 6, 0)]
    assert read == []
    stored.add(0, 3, 2)
    assert stored.read() == [(0, 5, 0), (3, 2, 0), (4, 6, 0)]
    assert read == [stored.documents[3] // 2]


def test_vectors_that_were_let_go_are_read_again(stored: Stored) -> None:
    stored.add(0, 0, 5, 9)
    with reading(stored.engine) as connection:
        (block,) = stored.files.catch_up(connection, stored.models)
    before = block.vectors.tolist()
    block.release()
    assert block.vectors.tolist() == before == [[5.0, 1.0], [9.0, 1.0]]


def test_what_is_deleted_leaves_the_files(stored: Stored, tmp_path: Path) -> None:
    stored.add(0, 0, 5)
    stored.add(0, 4, 6)
    stored.read()
    before = {file.name for file in (tmp_path / "vectors").iterdir()}
    with writing(stored.engine) as connection:
        gone = EmbeddingRow.document_id == stored.documents[4]
        connection.execute(delete(EmbeddingRow).where(gone))
    assert stored.read() == [(0, 5, 0)]
    after = {file.name for file in (tmp_path / "vectors").iterdir()}
    assert after < before and len(after) == 2


def blocks_of(vectors: npt.NDArray[np.float16], documents: Sequence[int]) -> list[VectorBlock]:
    """Two blocks of unequal size."""
    keys = np.zeros(len(vectors), KEYS)
    keys["document"], keys["start"] = documents, np.arange(len(vectors))
    middle = len(vectors) // 3
    return [VectorBlock(keys[part], vectors[part]) for part in (slice(middle), slice(middle, None))]


@pytest.fixture(scope="module")
def drawn() -> tuple[npt.NDArray[np.float16], list[int]]:
    random = np.random.default_rng(4)
    vectors = unit(random.normal(size=(900, 16)).astype(np.float32))
    return vectors, sorted(random.integers(1, 300, len(vectors)).tolist())


def expected(
    vectors: npt.NDArray[np.float16],
    documents: list[int],
    query: npt.NDArray[np.float16],
    selection: Selection,
) -> list[int]:
    scores = vectors.astype(np.float64) @ query.astype(np.float64)
    best: dict[int, float] = {}
    for document, score in zip(documents, scores, strict=True):
        if document in selection:
            best[document] = max(score, best.get(document, -2.0))
    return sorted(best, key=lambda document: -best[document])


@pytest.mark.parametrize(
    "selection",
    [ALL, Selection(frozenset(range(40, 90)), False), Selection(frozenset(range(250)), True)],
)
def test_the_nearest_are_all_found_and_in_order(
    drawn: tuple[npt.NDArray[np.float16], list[int]], selection: Selection
) -> None:
    vectors, documents = drawn
    clauses = ClauseVectors(blocks_of(vectors, documents))
    for query in unit(np.random.default_rng(5).normal(size=(8, 16)).astype(np.float32)):
        found = clauses.nearest(query.tobytes(), selection, 10)
        wanted = expected(vectors, documents, query, selection)[:10]
        assert [int(one.key["document"]) for one in found] == wanted
        for one in found:
            exact = vectors[int(one.key["start"])].astype(np.float32) @ query.astype(np.float32)
            assert one.score == pytest.approx(float(exact), abs=1e-6)


def test_a_document_with_all_of_the_nearest_clauses_hides_no_other(
    drawn: tuple[npt.NDArray[np.float16], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest_module, "_AGAIN", 2)
    vectors, documents = drawn
    clauses = ClauseVectors(blocks_of(vectors, documents))
    found = clauses.nearest(vectors[17].tobytes(), ALL, 20)
    wanted = expected(vectors, documents, vectors[17], ALL)[:20]
    assert [int(one.key["document"]) for one in found] == wanted


def test_nothing_is_found_among_nothing() -> None:
    assert ClauseVectors([]).nearest(np.ones(4, "<f2").tobytes(), ALL, 5) == []
    vectors = np.eye(4, dtype="<f2")
    none = Selection(frozenset(), inverted=False)
    assert (
        ClauseVectors(blocks_of(vectors, [1, 2, 3, 4])).nearest(vectors[0].tobytes(), none, 5) == []
    )
