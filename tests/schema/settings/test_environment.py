"""Settings: the largest that are allowed work, and what is larger is refused in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from sqlalchemy import Engine

from schema.ledger.dispatch import dispatch
from schema.ledger.replay import replay
from schema.settings import SettingsError, read_settings
from schema.settings.environment import MAX_STATEMENT_IDS
from schema.tables import JobState
from schema.verification import verify
from tests.support.large_run import make_large_run
from tests.support.ledger import jobs
from tests.support.working import work


@pytest.mark.parametrize("name", ["JOB_SIZE", "WINDOW"])
def test_more_than_a_statement_may_name_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"TRIAGE_{name}", str(MAX_STATEMENT_IDS))
    assert getattr(read_settings(), name.lower()) == MAX_STATEMENT_IDS
    monkeypatch.setenv(f"TRIAGE_{name}", str(MAX_STATEMENT_IDS + 1))
    with pytest.raises(SettingsError, match=f"TRIAGE_{name}: .* less than or equal to 10000"):
        read_settings()


@pytest.mark.parametrize(("said", "size"), [("8GB", 8 * 10**9), ("512MiB", 2**29), ("1000", 1000)])
def test_the_memory_of_models_is_bytes(
    said: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_settings().model_memory is None
    monkeypatch.setenv("TRIAGE_MODEL_MEMORY", said)
    assert read_settings().model_memory == size


@pytest.mark.parametrize("said", ["much", "-1GB", "0", "8 apples"])
def test_what_is_no_memory_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_MODEL_MEMORY", said)
    with pytest.raises(SettingsError, match="TRIAGE_MODEL_MEMORY: must be bytes, .* as in 8GB"):
        read_settings()


def test_the_largest_job_is_done(engine: Engine) -> None:
    make_large_run(engine, MAX_STATEMENT_IDS, MAX_STATEMENT_IDS)
    assert work(engine) == MAX_STATEMENT_IDS
    assert verify(engine) == []


def test_the_largest_job_fails_and_is_replayed(engine: Engine) -> None:
    run = make_large_run(engine, MAX_STATEMENT_IDS, MAX_STATEMENT_IDS)
    work(engine, failing={"It was late."})
    assert replay(engine, run, job_size=MAX_STATEMENT_IDS) == Counter(sentiment=MAX_STATEMENT_IDS)
    assert [job.state for job in jobs(engine)] == [JobState.PENDING]
    assert verify(engine) == []


def test_the_largest_window_is_filled(engine: Engine) -> None:
    make_large_run(engine, MAX_STATEMENT_IDS + 1, 1)
    sent: list[int] = []

    def publish(_analysis: str, job_ids: Sequence[int], /, *, urgent: bool) -> None:
        sent.extend(job_ids)

    assert dispatch(engine, publish, "sentiment", MAX_STATEMENT_IDS) == MAX_STATEMENT_IDS
    assert Counter(job.state for job in jobs(engine)) == {"queued": MAX_STATEMENT_IDS, "pending": 1}
    assert len(set(sent)) == MAX_STATEMENT_IDS
