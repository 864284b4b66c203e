"""The process that has the models: kept between questions, ended by close, one for each fork."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from producer.engine.engine_process import EngineProcess
from producer.errors import UsageError

pytestmark = pytest.mark.slow

NONE: dict[str, Any] = {"analyses": ["language"], "options": {}, "documents": []}


def request(*texts: str) -> dict[str, Any]:
    return {**NONE, "documents": [{"text": text, "language": None} for text in texts]}


@pytest.fixture(scope="module")
def kept() -> Iterator[EngineProcess]:
    engine = EngineProcess("pocket", "cpu")
    yield engine
    engine.close()


def pid(engine: EngineProcess) -> int:
    assert engine._process is not None
    return engine._process.pid


def test_it_is_kept_between_questions_and_threads_wait_for_each_other(kept: EngineProcess) -> None:
    kept.ask(NONE)
    first = pid(kept)
    texts = [f"The parcel number {number} did not come." for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda text: kept.ask(request(text)), texts))
    assert [one[0]["language"]["language"] for one in answers] == ["en"] * len(texts)
    assert pid(kept) == first


def test_a_fork_starts_its_own_and_leaves_ours_alone(kept: EngineProcess) -> None:
    kept.ask(NONE)
    ours = pid(kept)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answered = kept.ask(request("Das Paket kam nie an, und keiner antwortet."))
            own = pid(kept)
            kept.close()
            language = answered[0]["language"]["language"]
            os.write(writing, f"{language} {own != ours}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        assert said.read() == b"de True"
    os.waitpid(child, 0)
    assert kept.ask(request("It works."))[0]["language"]["language"] == "en"
    assert pid(kept) == ours


def test_one_that_was_killed_is_a_sentence_and_another_takes_its_place(kept: EngineProcess) -> None:
    kept.ask(NONE)
    before = pid(kept)
    os.kill(before, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(kept.ask, request("ok"))
        os.kill(before, signal.SIGKILL)
        with pytest.raises(UsageError, match="was killed, as it is where the memory runs out"):
            asked.result()
    assert kept.ask(NONE) == []
    assert pid(kept) != before


def test_what_is_closed_is_gone_and_may_be_asked_again(tmp_path: Path) -> None:
    engine = EngineProcess("pocket", "cpu")
    engine.ask(NONE)
    process = engine._process
    assert process is not None
    engine.close()
    engine.close()
    assert process.returncode is not None
    assert engine.ask(NONE) == []
    engine.close()


def test_a_catalog_that_is_none_is_its_sentence(tmp_path: Path) -> None:
    engine = EngineProcess(str(tmp_path / "nonesuch.toml"))
    with pytest.raises(UsageError, match=r"nonesuch\.toml"):
        engine.ask(NONE)
