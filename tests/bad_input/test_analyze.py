"""`triage analyze` on generated files: a line out for each line in, a result or why not."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.catalog import Catalog
from schema.settings import settings
from tests.bad_input.amounts import SEEN, examples_of
from tests.bad_input.checked import MOST_CHARACTERS
from tests.bad_input.damaged_files import BYTES
from tests.bad_input.example import TEXT_LIMIT, Good, TextFile
from tests.bad_input.jsonl_files import jsonl_files
from tests.bad_input.texts import SHORT_TEXTS
from workers.analyze import command
from workers.engine.engine import Engine

_load = command._engines
_LOADED: dict[str, Engine] = {}


def _load_once(analyses: Sequence[str], catalog: Catalog, device: str) -> dict[str, Engine]:
    if not _LOADED:
        _LOADED.update(_load(analyses, catalog, device))
    return _LOADED


class Analyzing:
    """Runs the command in this process; its model is loaded once."""

    def __init__(self, capsys: pytest.CaptureFixture[bytes], path: Path) -> None:
        self._capsys = capsys
        self._path = path

    def __call__(self, kind: str, content: bytes) -> list[dict[str, Any]]:
        """The answers to a file with this content."""
        self._path.write_bytes(content)
        code = command.main([str(self._path), "--analyses", "sentiment", "--device", "cpu"])
        captured = self._capsys.readouterr()
        assert captured.err == b""
        answers = check_answers(captured.out, content)
        failed = sum("error" in answer for answer in answers)
        assert code == (1 if failed else 0)
        SEEN[kind, "files"] += 1
        SEEN[kind, "results"] += len(answers) - failed
        SEEN[kind, "errors"] += failed
        return answers


@pytest.fixture
def analyzing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Iterator[Analyzing]:
    monkeypatch.setenv("TRIAGE_TEXT_LIMIT", str(TEXT_LIMIT))
    monkeypatch.setenv("TRIAGE_THREADS", "1")
    settings.cache_clear()
    monkeypatch.setattr(command, "_engines", _load_once)
    yield Analyzing(capsysbinary, tmp_path / "input.jsonl")


def check_answers(out: bytes, content: bytes) -> list[dict[str, Any]]:
    """An answer of bounded length, in JSON, for each line that is not blank; errors name it."""
    lines = [re.sub(rb"\A(\xef\xbb\xbf)+", b"", line).strip() for line in content.split(b"\n")]
    numbers = [number for number, line in enumerate(lines, 1) if line]
    answers = [json.loads(line, parse_constant=pytest.fail) for line in out.splitlines()]
    assert len(answers) == len(numbers)
    for number, answer in zip(numbers, answers, strict=True):
        if "error" in answer:
            assert set(answer) == {"id", "error"}
            assert answer["error"].startswith((f"line {number}: ", "sentiment: "))
            assert "Traceback" not in answer["error"]
        else:
            assert set(answer) == {"id", "sentiment"}
        assert len(json.dumps(answer)) <= MOST_CHARACTERS
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
    )
    assert (ended.returncode, ended.stderr) == (1, b"")
    answers = check_answers(ended.stdout, path.read_bytes())
    assert [answer["id"] for answer in answers if "sentiment" in answer] == [1, 2, "last"]
