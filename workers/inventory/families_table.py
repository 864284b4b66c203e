"""The families of checkpoints as a table in Markdown, which docs/models.md repeats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workers.families import FAMILIES, TASKS, Family

_HEADS = ("family", "`model_type`", *TASKS, "fp32", "bf16", "int8")
_NO = "–"


def families_lines() -> Iterator[str]:
    """The table, a line each."""
    yield _row(_HEADS)
    yield _row(["---"] * len(_HEADS))
    for family in FAMILIES:
        yield _row(_cells(family))


def families_json() -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "family": family.name,
            "model_type": family.model_type,
            **{task: family.serves(task) for task in TASKS},
            "precisions": list(family.precisions),
        }
        for family in FAMILIES
    ]


def _cells(family: Family) -> Iterator[str]:
    yield family.name
    yield f"`{family.model_type}`"
    yield from (family.serves(task) or _NO for task in TASKS)
    yield from ("yes" if one in family.precisions else _NO for one in ("fp32", "bf16", "int8"))


def _row(cells: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"
