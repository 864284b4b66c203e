"""`--redact`: nothing that leads to a person is left in what a command prints or writes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine

from producer.commands.theme_tables import ThemeView, show_themes
from schema.tables import ThemeKind
from tests.support.console import Triage
from tests.support.personal import LEFT, SECRETS, make_personal
from tests.support.shop import make_shop

VIEWS = ("v_documents", "v_mentions", "v_entities", "v_answers", "v_themes", "v_document_themes")
REPORTS = (
    *("answers", "entities", "asks", "urgent", "summaries-and-translations"),
    *("longest-complaints", "least-certain", "labels", "sentiment"),
)
COMMANDS = (
    *(("export", view) for view in VIEWS),
    *(("export", view, "--format", "jsonl") for view in VIEWS),
    *(("report", name) for name in REPORTS),
    *(("report", name, "--format", "json") for name in REPORTS),
    *(("report", name, "--format", "csv") for name in REPORTS),
    ("report", "sentiment", "--by", "metadata.customer_name"),
    ("complaints",),
    ("complaints", "--format", "json"),
    ("rising", "--since", "2026-07-13"),
    ("rising", "--since", "2026-07-13", "--format", "json"),
    ("segments", "--by", "metadata.customer_name"),
    ("segments", "--by", "metadata.customer_name", "--format", "json"),
    ("drivers",),
    ("themes", "show", "1"),
    ("themes", "show", "1", "--json"),
    ("urgent",),
    ("urgent", "--format", "json"),
    ("search", "zip caught fire"),
    ("search", "zip caught fire", "--json"),
)


@pytest.fixture
def personal(sqlite_engine: Engine) -> list[int]:
    return make_personal(sqlite_engine, make_shop(sqlite_engine))


def test_no_command_shows_what_leads_to_a_person(
    personal: list[int], triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "4000")
    shown = set()
    for command in COMMANDS:
        plain = triage(*command)
        assert plain.code == 0, (command, plain.err)
        shown |= {secret for secret in SECRETS if secret in plain.out}
        redacted = triage(*command, "--redact")
        assert redacted.code == 0, (command, redacted.err)
        assert redacted.out.strip(), command
        assert [secret for secret in SECRETS if secret in redacted.out] == [], command
    # Without it all of them are there, so that the test can fail.
    assert shown == set(SECRETS)


@pytest.mark.parametrize("as_json", [False, True])
def test_the_list_of_themes_is_redacted(
    personal: list[int],
    sqlite_engine: Engine,
    capsys: pytest.CaptureFixture[str],
    as_json: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "4000")
    view = ThemeView(ThemeKind.THEME, None, as_json)
    show_themes(sqlite_engine, 1, view)
    assert "Katarzyna" in capsys.readouterr().out
    show_themes(sqlite_engine, 1, replace(view, redacted=True))
    shown = capsys.readouterr().out
    assert "[name]" in shown and [secret for secret in SECRETS if secret in shown] == []


def test_an_export_keeps_all_else(personal: list[int], triage: Triage, tmp_path: Path) -> None:
    lines = triage("export", "v_documents", "--format", "jsonl", "--redact").out.splitlines()
    plain = triage("export", "v_documents", "--format", "jsonl").out.splitlines()
    assert len(lines) == len(plain)
    for one, before in zip(map(json.loads, lines), map(json.loads, plain), strict=True):
        if before["id"] not in personal:
            # Orders are numbered in their texts, and one theme has a name in its own.
            own = {"text": "", "themes": ""}
            assert {**one, **own} == {**before, **own}
            continue
        assert all(part in one["text"] for part in LEFT)
        assert one["metadata"]["plan"] == "pro" and one["product"] == before["product"]
        assert one["metadata"]["customer_name"] == "[name]"
    file = tmp_path / "documents.parquet"
    assert triage("export", "v_documents", "--redact", "--output", str(file)).code == 0
    rows = pq.read_table(file).to_pylist()
    assert [secret for secret in SECRETS if secret in str(rows)] == []
    assert len(rows) == len(plain)


def test_the_page_is_redacted_in_all_its_parts(
    personal: list[int], triage: Triage, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    assert triage("report", "--html", "--output", str(file)).code == 0
    plain = file.read_text("utf-8")
    assert sum(secret in plain for secret in SECRETS) > len(SECRETS) // 2
    ended = triage("report", "--html", "--redact", "--output", str(file))
    assert ended.code == 0 and "redacted" in ended.err
    html = file.read_text("utf-8")
    assert [secret for secret in SECRETS if secret in html] == []
    assert LEFT[0] in html and ">Coat<" in html and "<span>redacted</span>" in html
