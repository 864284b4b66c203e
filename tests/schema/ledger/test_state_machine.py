"""The page that draws a job's life: diagram and table agree, and the code does just that."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from schema.tables import JobState

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "state_machine.md").read_text("utf-8")

Transition = tuple[str, str, str]


def drawn() -> set[Transition]:
    found = re.findall(r"^ +(\S+) --> (\w+): (\w+)$", PAGE, re.MULTILINE)
    return {("" if start == "[*]" else start, end, step) for start, end, step in found}


def tabled() -> set[Transition]:
    found = re.findall(r"^\| (\w*) ?\| (\w+) \| \[(\w+)\]", PAGE, re.MULTILINE)
    return {(start, end, step) for start, end, step in found}


def test_the_diagram_and_the_table_agree() -> None:
    assert drawn() == tabled() != set()


def test_every_state_is_drawn() -> None:
    assert {end for _, end, _ in drawn()} == {state.value for state in JobState}


def states_written(path: Path) -> set[str]:
    """States that a statement of the ledger gives a job: `state=JobState.X`, or in a row."""
    written = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "state":
            written.add(node.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "state":
                    written.add(value)
    return {
        JobState[one.attr].value
        for value in written
        # One of two, by a condition, too.
        for one in ([value.body, value.orelse] if isinstance(value, ast.IfExp) else [value])
        if isinstance(one, ast.Attribute) and ast.unparse(one.value) == "JobState"
    }


def test_each_step_writes_the_states_that_are_drawn_and_no_other_does() -> None:
    ends: dict[str, set[str]] = {}
    for _, end, step in drawn():
        ends.setdefault(step, set()).add(end)
    files = [
        path
        for folder in ("schema", "producer", "workers")
        for path in (ROOT / folder).rglob("*.py")
    ]
    writing = {path.stem: states_written(path) for path in files if states_written(path)}
    assert writing == ends
