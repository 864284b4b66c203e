"""Words: what ranks first, what the index learns, and that it forgets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from schema.database import reading, writing
from schema.search import words as words_module
from schema.search.filters import Selection
from schema.search.words import WordIndex, words_of
from schema.tables import DocumentRow
from tests.support.feedback import add_document

ALL = Selection(frozenset(), inverted=True)
TEXTS = [
    "The zip broke after a week.",
    "Der Reißverschluss, sehr schön, ist größer als gedacht.",
    "I broke my arm. The parcel was fine.",
    "Zip, zip, zip: this zip never closes!",
    "Une fermeture CASSÉE.",
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "words.db"


@pytest.fixture
def index(file: Path) -> Iterator[WordIndex]:
    made = WordIndex(file)
    yield made
    made.close()


@pytest.fixture
def ids(engine: Engine) -> list[int]:
    with writing(engine) as connection:
        return [add_document(connection, number, text) for number, text in enumerate(TEXTS)]


def caught_up(index: WordIndex, engine: Engine) -> int:
    with reading(engine) as connection:
        return index.catch_up(connection)


def test_what_has_all_words_goes_first(engine: Engine, index: WordIndex, ids: list[int]) -> None:
    assert caught_up(index, engine) == len(TEXTS)
    found = index.search("zip broke", ALL, 10)
    assert found[0] == ids[0]
    assert set(found) == {ids[0], ids[2], ids[3]}
    assert index.search("zip broke", ALL, 1) == [ids[0]]


@pytest.mark.parametrize(
    ("query", "which"),
    [("cassee", 4), ("SCHÖN", 1), ("schon", 1), ('"reißverschluss" OR (', 1), ("größer*", 1)],
)
def test_accents_case_and_marks_do_not_matter(
    query: str, which: int, engine: Engine, index: WordIndex, ids: list[int]
) -> None:
    caught_up(index, engine)
    assert index.search(query, ALL, 10)[:1] == [ids[which]]


@pytest.mark.parametrize("query", ["", "?!", "'); DROP TABLE words", "NEAR(", "unheard"])
def test_a_query_may_say_nothing(query: str, engine: Engine, index: WordIndex) -> None:
    caught_up(index, engine)
    assert index.search(query, ALL, 10) == []


def test_only_selected_documents(engine: Engine, index: WordIndex, ids: list[int]) -> None:
    caught_up(index, engine)
    assert index.search("zip", Selection(frozenset({ids[3]}), inverted=False), 10) == [ids[3]]
    assert index.search("zip", Selection(frozenset({ids[3]}), inverted=True), 10) == [ids[0]]


def test_it_learns_what_is_new_and_only_that(
    engine: Engine, file: Path, index: WordIndex, ids: list[int]
) -> None:
    caught_up(index, engine)
    assert caught_up(index, engine) == 0
    with writing(engine) as connection:
        new = add_document(connection, 99, "Another zip.")
    other = WordIndex(file)
    try:
        assert caught_up(other, engine) == 1
        assert set(other.search("another zip", ALL, 10)) == {ids[0], ids[3], new}
    finally:
        other.close()


def test_what_is_forgotten_leaves_the_file(
    engine: Engine, file: Path, index: WordIndex, ids: list[int]
) -> None:
    caught_up(index, engine)
    assert b"fermeture" in file.read_bytes()
    with writing(engine) as connection:
        connection.execute(delete(DocumentRow).where(DocumentRow.id == ids[4]))
    caught_up(index, engine)
    assert index.search("fermeture", ALL, 10) == []
    assert index.search("zip", ALL, 10)
    index.close()
    assert b"fermeture" not in file.read_bytes()


def test_words_of_very_many_documents_are_left_out(
    engine: Engine, index: WordIndex, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words_module, "_MANY", 1)
    caught_up(index, engine)
    assert index.search("the week", ALL, 10) == [ids[0]]
    assert set(index.search("the", ALL, 10)) == {ids[0], ids[2]}


def test_the_file_is_its_owners_alone(file: Path, index: WordIndex) -> None:
    assert file.stat().st_mode & 0o077 == 0


def test_words_are_told_once() -> None:
    assert words_of("Zip, zip-lock: GRÖSSE_2 zip") == ["zip", "lock", "grosse", "2"]
