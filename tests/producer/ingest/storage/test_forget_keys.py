"""The keys of `triage forget --where`, in documents and in rejected rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from producer.ingest.storage.rejects_place import ENDING
from schema.database import reading, writing
from schema.tables import Run
from tests.support.console import Triage
from tests.support.elsewhere import MARKER, notes
from tests.support.feedback import add_document


def test_a_key_that_nothing_has_is_said_with_those_there_are(
    engine: Engine, triage: Triage, tmp_path: Path
) -> None:
    extras = [
        {"customer": {"id": 7, "tags": ["a"]}, "plan": "pro"},
        {"customer": {"id": None}, "\x1b[31mred\n": 1},
    ]
    with writing(engine) as connection:
        for number, extra in enumerate(extras):
            add_document(connection, number, MARKER, extra=extra)
    ended = triage("forget", "--where", "custmer\x1b=7", "--yes")
    assert (ended.code, ended.out[:17]) == (1, "nothing to delete")
    assert ended.err == (
        "no document has the key 'custmer\\x1b'; there are: external_id, source, product, "
        "language, customer.id, \\x1b[31mred\\n, customer.tags, plan\n"
    )
    assert triage("forget", "--where", "custmer=7", "--dry-run").code == 1
    for key in ("customer.id=8", "plan=x", "customer=x", "source=x", "customer.tags=b"):
        ended = triage("forget", "--where", key, "--yes")
        assert (ended.code, ended.err) == (0, ""), key
    (tmp_path / f"r{ENDING}").write_text(
        json.dumps({"row": {"order": {"number": None}}}) + "\nhalf a li"
    )
    ended = triage("forget", "--where", "order.number=8", "--yes")
    assert (ended.code, ended.err) == (0, "")
    ended = triage("forget", "--where", "\udcff=8", "--yes")
    assert (ended.code, "is not UTF-8" in ended.err) == (2, True)


def test_dotted_keys_reach_into_documents_and_rejected_rows(
    engine: Engine, triage: Triage, tmp_path: Path
) -> None:
    rows: list[dict[str, Any]] = [
        {"customer": {"id": 7}, "note": MARKER},
        {"customer.id": "7", "note": MARKER},
        {"customer": [{"id": 8}, {"id": "7"}], "note": MARKER},
        {"customer": {"id": 77}, "note": "kept"},
        {"customer": "7", "id": 7, "note": "kept"},
    ]
    path = tmp_path / f"r{ENDING}"
    path.write_text("".join(json.dumps({"row": row}) + "\n" for row in rows))
    with writing(engine) as connection:
        for number, row in enumerate(rows):
            add_document(connection, number, row["note"], extra=row)
    ended = triage("forget", "--where", "customer.id=7", "--yes")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("deleted: documents 3,")
    assert "rejected rows 3\n" in ended.out
    assert notes(path) == ["kept", "kept"]
    with reading(engine) as connection:
        assert connection.execute(select(Run.id)).all() == []
