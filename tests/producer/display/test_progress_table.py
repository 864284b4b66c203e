"""What a run's table says below itself: what waits for what, and what is not analysed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from producer.display.progress_table import run_table
from schema.status.progress import AnalysisProgress, RunProgress

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def said(*analyses: AnalysisProgress) -> str:
    counts: dict[str, Any] = {
        "read": 9,
        "stored": 9,
        "duplicate": 0,
        "rejected": 0,
        "forgotten": 0,
        "updated": 0,
    }
    times: dict[str, Any] = dict.fromkeys(
        ("ingested_at", "paused_at", "cancelled_at", "archived_at")
    )
    run = RunProgress(
        run="r", state="ingested", created_at=NOW, deleted_at=None, analyses=analyses,
        **times, **counts,
    )  # fmt: skip
    console = Console(width=80)
    with console.capture() as capture:
        console.print(run_table(run))
    return capture.get()


def one(analysis: str, **more: Any) -> AnalysisProgress:
    return AnalysisProgress(analysis, 9, 2, 0, 4, 0, 0, 0.0, None, **more)


def test_it_says_what_waits_for_what() -> None:
    waiting = one("sentiment", blocked=4, waits_for=("language", "translation"))
    assert "sentiment: 4 wait for language and translation" in said(one("language"), waiting)
    assert "wait for" not in said(one("language"))


def test_it_says_what_had_a_result_already() -> None:
    text = said(one("language"), one("qa", reused=2), one("summary", reused=1))
    assert "had a result already: qa 2 of 9, summary 1 of 9" in text
    assert "already" not in said(one("language"))


def test_it_says_what_is_not_analysed_and_why() -> None:
    left_alone = one("qa", not_analysed={"language de": 2, "language fr": 1})
    text = said(one("language"), left_alone)
    assert "qa: not analysed: language de (2), language fr (1)" in text
    words = " ".join(text.split())
    assert words.count("name a model that reads it in the catalog") == 1
    assert "language de, language fr: name a model" in words
    assert "analysed" not in said(one("language"))
    (row,) = (line for line in text.splitlines() if line.startswith("qa   "))
    assert row.split()[:7] == ["qa", "9", "2", "0", "4", "0", "3"]


def test_it_says_what_to_do_about_translations_that_are_not_shown() -> None:
    text = said(one("translation", not_analysed={"low confidence": 553}))
    assert "translation: not analysed: low confidence (553)" in text
    assert "a larger model translates more, see docs/models.md" in " ".join(text.split())


def test_what_to_do_says_for_which_reason() -> None:
    reasons = {"low confidence": 9, "language de": 2, "no name found": 1}
    text = " ".join(said(one("translation", not_analysed=reasons)).split())
    assert "low confidence: what is probably wrong" in text
    assert "language de: name a model" in text
    assert "no name found:" not in text


def test_it_does_not_say_endless_reasons() -> None:
    reasons = {f"language {code}": 1 for code in ("aa", "bb", "cc", "dd", "ee", "ff", "gg")}
    text = said(one("qa", not_analysed=reasons))
    assert "and 2 more" in " ".join(text.split())
