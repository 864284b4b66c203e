"""Copies among stored documents: their groups, and reports that count each text once."""

from __future__ import annotations

from itertools import compress
from typing import Any

from sqlalchemy import Engine, select, update

from schema.database import reading, writing
from schema.database.clock import now
from schema.duplicates.find import Found, find_duplicates
from schema.ledger.forget import Which, forget
from schema.reports import ReportOptions, find_report, run_report
from schema.tables import DocumentRow, NearDuplicateRow
from tests.support.feedback import add_document, add_result, add_run, add_to_run

OFFER = "Cheap watches for everybody, order number {} at our shop today"
TEXTS = [
    *("Never again!", "It was fine.", "never again", OFFER.format(17), "NEVER AGAIN"),
    *(OFFER.format(23), "It leaks."),
]
NEGATIVE = {0, 2, 4, 6}


def seed(engine: Engine, name: str = "run") -> tuple[int, list[int]]:
    with writing(engine) as connection:
        run = add_run(connection, name, ("sentiment",), read=len(TEXTS), stored=len(TEXTS))
        documents = []
        for number, text in enumerate(TEXTS):
            source = "app" if number != 4 else "mail"
            day = f"2026-11-{10 + number}T10:00:00Z"
            documents.append(add_document(connection, number, text, day, source=source))
            polarity = "negative" if number in NEGATIVE else "positive"
            row = {"label": polarity, "polarity": polarity}
            add_result(connection, "sentiment", run, documents[-1], **row)
        add_to_run(connection, run, documents)
    return run, documents


def stored(engine: Engine) -> list[tuple[Any, ...]]:
    with reading(engine) as connection:
        found = connection.execute(
            select(NearDuplicateRow.__table__).order_by(NearDuplicateRow.document_id)
        )
        return [tuple(row) for row in found]


def rows(engine: Engine, name: str, run: int | None = None) -> list[Any]:
    with reading(engine) as connection:
        found = run_report(connection, find_report(name), ReportOptions(run))
        # Without the intervals, which every share has.
        shown = [not name.endswith(("_low", "_high")) for name in found.columns]
        return [tuple(compress(row, shown)) for row in found.rows]


def test_groups_are_stored_and_found_anew(engine: Engine) -> None:
    run, ids = seed(engine)
    expected = [
        (ids[0], ids[0], True),
        (ids[2], ids[0], True),
        (ids[3], ids[3], True),
        (ids[4], ids[0], True),
        (ids[5], ids[3], False),
    ]
    found = Found(documents=7, groups=2, equal=2, alike=1, largest=3)
    assert find_duplicates(engine) == found
    assert stored(engine) == expected
    assert find_duplicates(engine, [run]) == found
    assert stored(engine) == expected
    with writing(engine) as connection:
        changed = update(DocumentRow).where(DocumentRow.id == ids[2])
        connection.execute(changed.values(text="Always again"))
        connection.execute(
            update(DocumentRow).where(DocumentRow.id == ids[5]).values(gone_at=now())
        )
    assert find_duplicates(engine).groups == 1
    assert stored(engine) == [(ids[0], ids[0], True), (ids[4], ids[0], True)]


def test_runs_that_are_named_leave_others_alone(engine: Engine) -> None:
    seed(engine)
    find_duplicates(engine)
    before = stored(engine)
    with writing(engine) as connection:
        other = add_run(connection, "other", read=1, stored=1)
        alone = add_document(connection, 99, "never again")
        add_to_run(connection, other, [alone])
    assert find_duplicates(engine, [other]) == Found(1, 0, 0, 0, 1)
    assert stored(engine) == before
    assert find_duplicates(engine).equal == 3


def test_reports_count_a_text_once_for_each_source(engine: Engine) -> None:
    run, ids = seed(engine)
    # Before anybody has looked, nothing is a copy.
    assert rows(engine, "near-duplicates") == []
    assert rows(engine, "sentiment-without-copies")[0] == ("app", 6, 3, 50.0, 0, 3, 50.0)
    find_duplicates(engine)
    for of in (None, run):
        (words, template) = rows(engine, "near-duplicates", of)
        assert words[:5] == (ids[0], 3, 3, 0, 2)
        assert [str(day) for day in words[5:7]] == ["2026-11-10", "2026-11-14"]
        assert words[7] == "Never again!"
        assert template[:5] == (ids[3], 2, 1, 1, 1)
        assert rows(engine, "sentiment-without-copies", of) == [
            ("app", 6, 3, 50.0, 2, 2, 50.0),
            ("mail", 1, 1, 100.0, 0, 1, 100.0),
        ]


def test_who_is_forgotten_leaves_the_group(engine: Engine) -> None:
    _, ids = seed(engine)
    find_duplicates(engine)
    for _ in forget(engine, Which("external_id", "0", None)):
        pass
    assert [row[:2] for row in stored(engine)] == [
        (ids[2], ids[0]),
        (ids[3], ids[3]),
        (ids[4], ids[0]),
        (ids[5], ids[3]),
    ]
    assert rows(engine, "near-duplicates")[0][:2] == (ids[2], 2)
    assert find_duplicates(engine).groups == 2


def test_an_empty_database_has_none(engine: Engine) -> None:
    assert find_duplicates(engine) == Found(0, 0, 0, 0, 0)
