"""The shared pass: windows once through the encoder that several analyses stand on.

Each window comes back with an output for every analysis. A head that fails is no fault of the
others: of its analysis each window of the batch has a `HeadFailure`, and whoever finds one has that
analysis's job computed by itself, where faults have their owner as ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workers.analysis import Analysis, Window
from workers.engine.document_state import DocumentState
from workers.errors import WorkerError
from workers.runtime.lanes import Tick


@dataclass(frozen=True, slots=True)
class HeadFailure:
    """What a head raised at a batch, in place of its output for one of the windows."""

    error: Exception


def addressed_to(analyses: Sequence[str], windows: Iterable[Window]) -> list[Window]:
    """The windows as they go through the encoder for several analyses."""
    return [replace(window, analyses=tuple(analyses)) for window in windows]


def forward_shared(
    lead: Analysis, partners: Mapping[str, Analysis], windows: Sequence[Window], tick: Tick
) -> list[dict[str, Any]]:
    """Run one batch for all analyses that any of its windows is for.

    Args:
        lead: The analysis that runs it.
        partners: By name, all that share its encoder, itself among them.
        windows: Of one group, each made by `addressed_to`.
        tick: Called now and then.

    Returns:
        For each window, by the name of the analysis, its output or a `HeadFailure`.
    """
    names = list(dict.fromkeys(name for window in windows for name in window.analyses))
    outputs: list[dict[str, Any]] = [{} for _ in windows]
    read = lead.forward_together([partners[name] for name in names], windows, tick)
    for name, of_windows in zip(names, read, strict=True):
        if not isinstance(of_windows, Exception) and len(of_windows) != len(windows):
            of_windows = WorkerError(
                f"{name}: {len(of_windows)} outputs for {len(windows)} windows"
            )
        for index, output in enumerate(outputs):
            if isinstance(of_windows, Exception):
                output[name] = HeadFailure(of_windows)
            else:
                output[name] = of_windows[index]
    return outputs


def states_of(name: str, states: Sequence[DocumentState]) -> list[DocumentState]:
    """Documents as one of the analyses sees them, with its own outputs; what a window raised in the
    encoder, every analysis has.
    """
    return [
        replace(
            state,
            outputs=[
                output if isinstance(output, Exception) else output[name]
                for output in state.outputs
            ],
        )
        for state in states
    ]


def head_failure(states: Sequence[DocumentState]) -> Exception | None:
    """What a head raised at a batch that one of the documents was in; None if it never did."""
    for state in states:
        for output in state.outputs:
            if isinstance(output, HeadFailure):
                return output.error
    return None
