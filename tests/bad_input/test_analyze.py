"""`triage analyze` on generated files: every row has its results, or why not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bad_input.amounts import SEEN, examples_of
from tests.bad_input.checked import MOST_CHARACTERS
from tests.bad_input.damaged_files import BYTES
from tests.bad_input.example import TEXT_LIMIT, Good, TextFile
from tests.bad_input.jsonl_files import jsonl_files
from tests.bad_input.texts import SHORT_TEXTS
from tests.support.analyzing import share_process
from tests.support.console import Triage


class Analyzing:
    """Runs the command in this process; the one with the models is started once."""

    def __init__(self, triage: Triage, path: Path) -> None:
        self._triage = triage
        self._path = path

    def __call__(self, kind: str, content: bytes) -> list[dict[str, Any]]:
        """The answers to a file with this content."""
        self._path.write_bytes(content)
        ended = self._triage("analyze", str(self._path), "--analyses", "sentiment")
        assert "Traceback" not in ended.err
        SEEN[kind, "files"] += 1
        if ended.code == 2:
            # It is no such file as a whole, and says so in a sentence.
            assert ended.out == "" and ended.err.splitlines()[-1].startswith("triage analyze: ")
            return []
        answers = check_answers(ended.out, str(self._path))
        failed = sum("error" in answer for answer in answers)
        cut_off = any(line.startswith("failed: ") for line in ended.err.splitlines())
        assert ended.code == (1 if failed or cut_off else 0), ended.err
        SEEN[kind, "results"] += len(answers) - failed
        SEEN[kind, "errors"] += failed
        return answers


@pytest.fixture
def analyzing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Analyzing:
    monkeypatch.setenv("TRIAGE_TEXT_LIMIT", str(TEXT_LIMIT))
    share_process(monkeypatch)
    return Analyzing(Triage(monkeypatch, capsys), tmp_path / "input.jsonl")


def check_answers(out: str, name: str) -> list[dict[str, Any]]:
    """Answers of bounded length, in JSON; errors name the row."""
    answers = [json.loads(line, parse_constant=pytest.fail) for line in out.splitlines()]
    for answer in answers:
        if "error" in answer:
            assert answer["error"].startswith((f"{name}, line ", f"{name}, id "))
            assert "Traceback" not in answer["error"]
        else:
            assert answer["sentiment"]
        assert len(json.dumps(answer | {"text": ""})) <= MOST_CHARACTERS
    return answers


@examples_of("analyze")
@given(file=jsonl_files(codecs=("utf-8",), texts=SHORT_TEXTS))
def test_jsonl(analyzing: Analyzing, file: TextFile) -> None:
    answers = analyzing("analyze", file.content)
    good = [line.good for line in file.lines if line.good]
    check_good(answers, good)


@examples_of("analyze bytes")
@given(content=st.one_of(BYTES, jsonl_files(texts=SHORT_TEXTS).map(lambda file: file.content)))
def test_any_bytes(analyzing: Analyzing, content: bytes) -> None:
    analyzing("analyze bytes", content)


def check_good(answers: list[dict[str, Any]], good: list[Good]) -> None:
    """The good rows have results, in order."""
    ids = {one.id for one in good}
    # One that is doubled has an answer for each.
    results = [answer["id"] for answer in answers if "error" not in answer]
    found = [id_ for id_ in results if isinstance(id_, str) and id_ in ids]
    assert list(dict.fromkeys(found)) == [one.id for one in good]


def test_the_command_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_THREADS", "1")
    lines = [
        *(b'{"id": 1, "text": "Good."}', b'{"id": 2, "text": "=1+1"}', b"\xff\xfe{\0", b"\0", b"{"),
        *(b'{"id": ' + bomb + b', "text": "Bad."}' for bomb in (b"[" * 990 + b"]" * 990, b"1e999")),
        *(b"[" * 200_000, b"1" * 200_000, b'"' + b"x" * 10_000_000, b'{"text": "\\ud800"}'),
        b'{"text": "' + b"x" * 10_000_000 + b'"}',
        b'{"id": "last", "text": "Good."}',
    ]
    path = tmp_path / "input.jsonl"
    path.write_bytes(b"\n".join(lines))
    ended = subprocess.run(
        [sys.executable, "-m", "producer", "analyze", str(path), "--analyses", "sentiment"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert ended.returncode == 1
    answers = check_answers(ended.stdout, str(path))
    assert len(answers) == len(lines)
    assert [answer["error"] for answer in answers if "error" in answer] == ended.stderr.splitlines()
    found = [answer["id"] for answer in answers if "sentiment" in answer]
    assert found[:2] == [1, 2] and found[-1] == "last"
