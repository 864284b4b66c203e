"""Logs: one line for each thing that happened, for people or as JSON, with whom it concerns."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any, Literal

from pythonjsonlogger.json import JsonFormatter

from schema.control_characters import escape_controls

#: Whom a line may concern, as attributes of its record, in the order in which they are written.
#: `worker` is on every line of a worker, the others on each line that concerns a job.
CONCERNS = ("run", "job", "attempt", "analysis", "worker")

#: What every record has.
_PLAIN = {"message", *logging.makeLogRecord({}).__dict__}


def make_formatter(kind: Literal["text", "json"]) -> logging.Formatter:
    """Make the formatter that a setting names."""
    return _Json() if kind == "json" else _Text()


class _Text(logging.Formatter):
    """A line as Celery has it; whom it concerns stands behind it where it concerns a job."""

    def __init__(self) -> None:
        super().__init__("[%(asctime)s: %(levelname)s/%(processName)s] %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without a traceback."""
        line = super().formatMessage(record)
        if "job" not in record.__dict__:
            return line
        known = {name: record.__dict__.get(name) for name in CONCERNS}
        said = " ".join(f"{name}={value}" for name, value in known.items() if value is not None)
        return f"{line} [{escape_controls(said)}]"


class _Json(JsonFormatter):
    """An object a line: time (ISO 8601, UTC), level, message, logger, process, whom it concerns."""

    def __init__(self) -> None:
        super().__init__(
            "%(levelname)s %(message)s %(name)s %(processName)s %(process)d",
            rename_fields={
                "levelname": "level",
                "name": "logger",
                "processName": "process",
                "process": "pid",
            },
        )

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Fill one object; what a library has added to its record for its own use is left out."""
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        super().add_fields(log_data, record, message_dict)
        added = record.__dict__.keys() - _PLAIN - set(CONCERNS)
        for name in added & log_data.keys():
            del log_data[name]
