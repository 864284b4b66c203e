"""What `triage ingest` says of what it did: in sentences, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from producer.ingest import Ingested
from producer.ingest.escaping import escaped
from producer.ingest.reading import ReadInput

#: Files that are named one by one; of more, the number.
MOST_NAMED = 20


def sentences(done: Ingested) -> Iterator[str]:
    """What became of the rows."""
    counts = done.counts
    before = f" ({counts.before} of them before)" if counts.before else ""
    known = f" ({counts.known} known from earlier runs)" if counts.known else ""
    updated = f", updated {counts.updated}" if counts.updated else ""
    gone = f", gone {counts.gone}" if counts.gone else ""
    where = f" → {done.rejects}" if counts.rejected_in_all else ""
    yield (
        f"run {done.run}: read {counts.read}{before}, stored {counts.stored}{known}{updated}, "
        f"duplicate {counts.duplicate}, rejected {counts.rejected}{gone}{where}"
    )
    if counts.refreshed:
        yield (
            f"changed in place: {counts.refreshed}; their text, time and language are as they "
            "were, so they are not analysed again"
        )
    if counts.kept:
        yield (
            f"{counts.kept} rows differ from what is stored, which is kept; bring them in with "
            "--on-change update"
        )
    if counts.updated_positions:
        yield (
            f"new versions of what was stored: {counts.updated_positions} (--on-change update); "
            "keep what is stored with --on-change keep"
        )
    for one in done.inputs:
        for line in one.view.told() if one.view else ():
            yield f"{escaped(one.name)}: {line}"


def faults(done: Ingested, max_rejected: float, snapshot: bool) -> Iterator[str]:
    """What went wrong, or was passed over, for standard error."""
    yield from _named([one for one in done.inputs if one.empty], "passed over: ")
    yield from _named(done.failed, "failed: ")
    if done.unfinished:
        yield (
            f"what was read before is stored in run {done.run}; mend it and run the same command "
            "again: it resumes"
        )
    counts = done.counts
    if counts.doubted:
        yield (
            f"{counts.doubted} rows were rejected since their ids are stored with other texts, as "
            "most of their file are: if they were changed, bring them in with --on-change update; "
            "if they are others, give another --source, or the right --id"
        )
    if counts.rejected_in_all == counts.read:
        yield f"triage: every row was rejected; the reasons are in {done.rejects}"
    elif done.too_many_rejected:
        faulty = counts.rejected_in_all - counts.empty
        yield (
            f"triage: {faulty} of {counts.read} rows were rejected, not "
            f"for want of a text, more than --max-rejected {max_rejected:.0%}; the reasons are in "
            f"{done.rejects}"
        )
    if snapshot and (done.failed or done.too_many_rejected):
        yield "nothing was marked as gone, since not all could be read: run it again when it can"


def as_json(done: Ingested, code: int) -> dict[str, Any]:
    """The same for `--json`."""
    return {
        "run": done.run,
        "exit": code,
        "error": None,
        "read": done.counts.read,
        **asdict(done.counts),
        "rejects": str(done.rejects) if done.counts.rejected_in_all else None,
        "files": [_file(one) for one in done.inputs],
        "failures": [_failure(one) for one in done.failed],
    }


def error_as_json(run: str | None, code: int, error: str) -> dict[str, Any]:
    """What `--json` says where the command could not go on.

    Args:
        run: The run's name, if that is known by then.
        code: What it ends with.
        error: Why, in a sentence.
    """
    return {"run": run, "exit": code, "error": error, "files": [], "failures": []}


def _named(inputs: list[ReadInput], verdict: str) -> Iterator[str]:
    for one in inputs[:MOST_NAMED]:
        yield f"{verdict}{one.reason}"
    if len(inputs) > MOST_NAMED:
        yield f"{verdict}{len(inputs) - MOST_NAMED} more"


def _file(one: ReadInput) -> dict[str, Any]:
    state = "empty" if one.empty else "failed" if one.failed else "read"
    notes = [*one.view.findings, *one.view.told()] if one.view else []
    return {
        "file": escaped(one.name),
        "state": state,
        "rows": one.rows,
        "source": one.source,
        "notes": notes,
    }


def _failure(one: ReadInput) -> dict[str, Any]:
    return {"file": escaped(one.name), "reason": one.reason}
