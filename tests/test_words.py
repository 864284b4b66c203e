"""Private words do not come back: the field has a word for each, see docs/glossary.md."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("schema", "producer", "workers", "feedback_triage", "release")

#: Words that a name of a class or a function may not be made of, what to say instead, and how many
#: names have them still. A number may fall, and never rise: whoever renames one lowers it.
PRIVATE = {
    "ahead": ("prefetch", 1),
    "anew": ("overwrite", 0),
    "apart": ("isolated", 0),
    "asked": ("requested", 0),
    "beat": ("heartbeat", 0),
    "begun": ("begin", 0),
    "blame": ("culprit", 0),
    "board": ("scoreboard", 0),
    "books": ("audit", 0),
    "called": ("codes, named", 1),
    "carrying": ("interruption", 0),
    "clerk": ("ledger client", 0),
    "death": ("exit", 0),
    "deaths": ("exits", 0),
    "fetched": ("async copy", 2),
    "fits": ("can_join, is_…", 0),
    "grouping": ("entity aggregation", 0),
    "holds": ("is_steady, is_…", 0),
    "judged": ("token predictions", 0),
    "kept": ("tuning cache", 0),
    "look": ("validate, check, start", 2),
    "looked": ("is_ready", 0),
    "looks": ("is_pending", 0),
    "moment": ("time, UTC datetime", 1),
    "nothing": ("no_progress", 0),
    "patience": ("retry, timeout", 0),
    "patiently": ("retry", 0),
    "piece": ("window, slice cut", 1),
    "place": ("slot, index, device, file label", 4),
    "places": ("positions, indices", 4),
    "puzzled": ("undetermined", 0),
    "room": ("budget, capacity", 4),
    "say": ("record_…, print", 12),
    "screen": ("int8 argmax", 0),
    "settle": ("failure policy", 1),
    "settlement": ("failure policy", 0),
    "steadiness": ("outage guard", 0),
    "struck": ("removed", 0),
    "taken": ("claimed job, mapped", 2),
    "tell": ("record_…, resolve_…", 2),
    "told": ("language pair, interruption", 1),
    "turned": ("rotary embedding", 0),
    "upkeep": ("maintenance", 0),
    "wants": ("target", 0),
    "well": ("reset, healthy", 0),
    "works": ("document states", 0),
}

#: Classes by the names that they had; each word is fine as part of another name.
OLD_CLASSES = {
    "Ahead": "Prefetcher",
    "Backoff": "ExponentialBackoff",
    "Budgets": "TokenBudgets",
    "ClaimLost": "LeaseLostError",
    "Computed": "JobResult",
    "Decisions": "TuningCache",
    "DeviceFault": "DeviceLostError",
    "Extent": "SequenceLengths",
    "Interrupted": "NodeStopping",
    "Readiness": "WorkerStatus",
    "Shared": "SharedIterator",
    "ContinuousBatching": "ContinuousBatcher",
    "Streaming": "ContinuousBatcher",
    "TextModel": "Seq2SeqModel",
    "TextModels": "ModelRegistry",
    "Work": "DocumentState, LaneTask",
    "WorkerFault": "WorkerError",
    "Writer": "ResultWriter",
}


@pytest.mark.parametrize("word", PRIVATE)
def test_private_words_only_get_fewer(word: str) -> None:
    instead, allowed = PRIVATE[word]
    found = names_by_word()[word]
    assert len(found) <= allowed, f"say {instead} in place of {word}: {', '.join(found)}"


@pytest.mark.parametrize("name", OLD_CLASSES)
def test_old_names_of_classes_do_not_come_back(name: str) -> None:
    found = [where for where, defined in defined_names() if defined == name]
    assert not found, f"call it {OLD_CLASSES[name]}: {', '.join(found)}"


def test_words_are_found_in_names_of_either_style() -> None:
    assert words_in("TextModel") == {"text", "model"}
    assert words_in("_look_around") == {"look", "around"}
    assert words_in("SQLRoom2") == {"sql", "room2"}


@cache
def names_by_word() -> dict[str, list[str]]:
    """Where the classes and functions are defined that have a word in their names."""
    found = defaultdict(list)
    for where, name in defined_names():
        for word in words_in(name):
            found[word].append(where)
    return found


@cache
def defined_names() -> list[tuple[str, str]]:
    """The classes and functions of the packages: where each is, and its name."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node.name)
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def words_in(name: str) -> set[str]:
    """The words that a name is made of, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)}
