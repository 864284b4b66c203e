"""A line of a log, as text and as JSON."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from schema.logs import make_formatter

CONCERNED: dict[str, Any] = {
    "worker": "gpu0@host/0",
    "job": 5,
    "run": 3,
    "attempt": 2,
    "analysis": "qa",
}


def record(message: str = "job %d: done", **concerned: Any) -> logging.LogRecord:
    made = logging.LogRecord("workers.child", logging.INFO, "f.py", 1, message, (5,), None)
    made.__dict__.update(concerned)
    return made


def test_text_says_whom_it_concerns_behind_it() -> None:
    line = make_formatter("text").format(record(**CONCERNED))
    assert line.endswith(
        "INFO/MainProcess] job 5: done [run=3 job=5 attempt=2 analysis=qa worker=gpu0@host/0]"
    )


def test_text_of_no_job_is_as_it_was() -> None:
    assert make_formatter("text").format(record(worker="a@b")).endswith("] job 5: done")


def test_json_has_it_as_keys_and_nothing_of_libraries() -> None:
    # Celery adds `data`, in which the arguments of a task are.
    said = json.loads(make_formatter("json").format(record(**CONCERNED, data={"args": "(5,)"})))
    assert {name: said[name] for name in CONCERNED} == CONCERNED
    assert (said["message"], said["level"], said["logger"]) == (
        "job 5: done",
        "INFO",
        "workers.child",
    )
    assert said["time"].endswith("+00:00")
    assert set(said) == {"time", "level", "message", "logger", "process", "pid", *CONCERNED}


def test_a_traceback_stays_in_its_line() -> None:
    try:
        raise ValueError("no")
    except ValueError:
        made = record()
        made.exc_info = sys.exc_info()
    line = make_formatter("json").format(made)
    assert "\n" not in line
    assert "ValueError: no" in json.loads(line)["exc_info"]
