"""The process that is asked for meaning: kept, started again when it died, and never waited for
without end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from producer.serve import meaning
from producer.serve.meaning import MeaningProcess

#: Answers each line with its own number and the line; ends at "die", and is silent at "hang".
_PROGRAM = """
import os, sys, time
for line in sys.stdin:
    if line == "die\\n":
        os._exit(1)
    if line == "hang\\n":
        time.sleep(3600)
    print(os.getpid(), line.strip(), flush=True)
"""
COMMAND = [sys.executable, "-c", _PROGRAM]


@pytest.fixture
def process() -> Iterator[MeaningProcess]:
    asked = MeaningProcess()
    yield asked
    asked.close()


def test_one_process_answers_one_search_after_the_other(process: MeaningProcess) -> None:
    first, why = process.ask(COMMAND, "zip\n")
    second, _ = process.ask(COMMAND, "seam\n")
    assert (first.split()[1], second.split()[1], why) == ("zip", "seam", "")
    assert first.split()[0] == second.split()[0]


def test_one_that_died_is_started_again(process: MeaningProcess) -> None:
    before, _ = process.ask(COMMAND, "zip\n")
    answer, why = process.ask(COMMAND, "die\n")
    assert (answer, why) == (
        "",
        "the model did not answer; whoever runs the server can try triage search",
    )
    again, _ = process.ask(COMMAND, "zip\n")
    assert again.split()[0] != before.split()[0]


def test_one_that_hangs_is_ended(process: MeaningProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    process.ask(COMMAND, "zip\n")
    monkeypatch.setattr(meaning, "PATIENCE", 0.2)
    answer, why = process.ask(COMMAND, "hang\n")
    assert not answer and "did not answer" in why
