"""A reply library goes the whole way: from a CSV beside the feedback to drafts in a report."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from schema import settings as settings_module
from tests.end_to_end.node import running_node
from tests.end_to_end.test_journey import triage

LIBRARY = """title,when,reply,language
Refund,"I want my money back
When do I get my refund?","Hi {name}, the {{product}} is refunded, order {order id}.",en
Parcel,Where is my parcel?|It never arrived,"Dear [NAME], we are looking for your parcel.",en
Erstattung,Ich möchte mein Geld zurück,"Hallo {name}, das Geld ist unterwegs.",de
"""
FEEDBACK = """id,text,product,customer_name,language
1,The lamp broke. I want my money back.,Lamp,Ann Miller,en
2,The parcel never arrived!,Lamp,,en
3,"Ich will sofort mein Geld zurück haben, die Lampe ist kaputt.",Lampe,Otto Groß,de
4,"Lovely colours, and it fits.",Dress,Bo Smith,en
"""


def rows(*words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(triage(*words, "--format", "csv").splitlines()))


def test_it_goes_the_whole_way(
    database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", database_url)
    settings_module.settings.cache_clear()
    (tmp_path / "macros.csv").write_text(LIBRARY, "utf-8")
    (tmp_path / "feedback.csv").write_text(FEEDBACK, "utf-8")
    triage("init")
    asked = ("--analyses", "language,reply", "--run", "first")
    ingest = ("ingest", str(tmp_path / "feedback.csv"), *asked)
    with running_node(tmp_path, ["language", "reply"]):
        triage(*ingest, "--replies", str(tmp_path / "macros.csv"), "--wait")
    triage("verify")
    drafts = {row["document"]: row for row in rows("report", "replies")}
    assert len(drafts) == 4
    assert [drafts[one]["macro"] for one in "123"] == ["Refund", "Parcel", "Erstattung"]
    assert drafts["1"]["draft"] == ("Hi Ann Miller, the Lamp is refunded, order {order id}.")
    assert drafts["1"]["open_places"] == "{order id}"
    assert drafts["2"]["draft"] == "Dear [NAME], we are looking for your parcel."
    assert drafts["2"]["open_places"] == "[NAME]"
    assert drafts["3"]["draft"] == "Hallo Otto Groß, das Geld ist unterwegs."
    assert drafts["4"]["draft"] == "(none)"
    assert drafts["4"]["reason"] == "no answer of the library is similar enough"
    assert float(drafts["4"]["similarity"]) < 0.65 < float(drafts["1"]["similarity"])
    shown = rows("export", "v_replies", "--redact")
    assert not [row for row in shown if "Miller" in row["draft"] or "Otto" in row["draft"]]
    assert any("the Lamp is refunded" in row["draft"] for row in shown)
