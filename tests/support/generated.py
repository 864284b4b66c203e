"""What the tests of summary and translation share: the recorded pipelines, and their settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.checkpoints import SEQ2SEQ_WINDOW
from workers.generation.generator import Generator

#: Worked out in our settings, or of no consequence to what is generated.
_OTHERS = {"max_new_tokens", "max_length", "num_return_sequences", "transformers_version"}
_ASSISTED = ("assistant_", "num_assistant_", "target_lookbehind")


def reference_of(analysis: str) -> dict[str, Any]:
    """What was recorded from the pipeline that an analysis replaces."""
    file = Path(__file__).parents[1] / "workers" / "reference" / f"{analysis}.json"
    content: dict[str, Any] = json.loads(file.read_text("utf-8"))
    assert content["transformers"] == "4.57.6"
    return content


def assert_settings(generator: Generator, recorded: dict[str, Any]) -> None:
    """That `generate` is told exactly what it told itself in the pipeline."""
    ours = generator._settings.to_dict()
    # A number of new tokens comes to the same as this length.
    if recorded["min_new_tokens"] is not None:
        ours["min_length"] = recorded["min_length"]
    for name in {*ours, *recorded} - _OTHERS - {"prefix"}:
        if not name.startswith(_ASSISTED):
            mine, theirs = (said.get(name) or None for said in (ours, recorded))
            zero = said_zero(ours.get(name)) == said_zero(recorded.get(name))
            assert mine == theirs and zero, name
    assert generator._prefix == recorded["prefix"]
    # The last token is written, and needs no position.
    assert ours["max_length"] == min(recorded["max_length"], SEQ2SEQ_WINDOW + 1)
    assert ours["num_return_sequences"] == 1


def said_zero(value: Any) -> bool:
    """A token can have the id 0, which is not the same as none."""
    return value == 0 and value is not False
