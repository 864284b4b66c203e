"""What is promised of the ledger, whatever was done to it, as checks of two looks at its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.schema.ledger.test_state_machine import Transition, drawn
from tests.support.ledger_snapshot import Snapshot

DRAWN = drawn()
#: What a step may do to the attempts of a job that is still as large as before.
CHARGED = {"claim": 1, "begin": 1, "release": -1}


def check_promises(
    before: Snapshot,
    after: Snapshot,
    step: str,
    sizes: Mapping[int, int],
    analyses: Mapping[int, Sequence[str]],
) -> None:
    moved = moves(before, after, step)
    assert moved <= DRAWN, f"not drawn: {moved - DRAWN}"
    _fences_and_attempts(before, after, step)
    check_standing(after, sizes, analyses)


def check_standing(
    after: Snapshot, sizes: Mapping[int, int], analyses: Mapping[int, Sequence[str]]
) -> None:
    """What holds at any moment, whatever came before."""
    _slices_tile_the_runs(after, sizes, analyses)
    _outcomes_fit_the_states(after)


def moves(before: Snapshot, after: Snapshot, step: str) -> set[Transition]:
    """From, to, by: of all jobs that are in another state now, or new."""
    moved = set()
    assert before.ids.items() <= after.ids.items(), "a job is gone, or another one"
    for key in after.ids.values():
        old, new = before.jobs.get(key), after.jobs[key]
        if old is None and step != "enqueue":
            # A half comes from the job that covered it.
            old = next(
                job
                for (run, analysis, first), job in before.jobs.items()
                if (run, analysis) == key[:2] and first < key[2] < job.end
            )
        if old is None or old.state != new.state:
            let_go = old is not None and (old.state, new.state) == ("blocked", "pending")
            # Whoever closes what a job needs lets it go, and no other step does.
            by = "unblock" if let_go and step in ("finish", "reap") else step
            moved.add((old.state if old else "", new.state, by))
    return moved


def _slices_tile_the_runs(
    after: Snapshot, sizes: Mapping[int, int], analyses: Mapping[int, Sequence[str]]
) -> None:
    assert {key[:2] for key in after.jobs} == {(r, a) for r in sizes for a in analyses[r]}
    for run, size in sizes.items():
        for analysis in analyses[run]:
            slices = sorted(
                (k[2], j.end) for k, j in after.jobs.items() if k[:2] == (run, analysis)
            )
            covered = [place for first, end in slices for place in range(first, end)]
            assert covered == list(range(size)), f"run {run}, {analysis}: {slices}"


def _fences_and_attempts(before: Snapshot, after: Snapshot, step: str) -> None:
    for key, old in before.jobs.items():
        new = after.jobs[key]
        assert new.fence == old.fence + (step == "claim" and new.fence != old.fence)
        assert new.attempts >= 0
        if step == "replay":
            # Of a job that it leaves alone it ends the back-off.
            assert new == replace(old, waits=new.waits) or (new.state, new.attempts) in (
                ("pending", 0),
                ("blocked", 0),
                ("done", old.attempts),
            )
        elif new.end != old.end:
            assert step == "reap" and old.attempts >= 1 and new.attempts == 1
        elif new.attempts != old.attempts:
            assert new.attempts - old.attempts == CHARGED[step]
        if (old.state, new.state) == ("queued", "running") or new.fence != old.fence:
            assert new.attempts == old.attempts + new.begun
        if old.state == "running" and not old.begun and step not in ("begin", "replay"):
            # Claimed ahead: it is charged nothing, and is never what its worker died of.
            assert (new.attempts, new.end, new.state == "dead") == (old.attempts, old.end, False)
    born = after.jobs.keys() - before.jobs.keys()
    assert step in ("enqueue", "reap", "replay") or not born
    assert all(after.jobs[key].fence == 0 for key in born)


def _outcomes_fit_the_states(after: Snapshot) -> None:
    """One outcome for each document of a job that is done, one letter if it is dead, else none."""
    outcomes = Counter(written[:3] for written in after.written)
    letters = Counter(w[:3] for w in after.written if w[3].startswith("dead letter"))
    assert not outcomes or max(outcomes.values()) == 1
    for (run, analysis, first), job in after.jobs.items():
        places = [(run, analysis, place) for place in range(first, job.end)]
        over = job.state in ("done", "dead")
        assert all(outcomes[place] == over for place in places), (first, job)
        failed = sum(letters[place] for place in places)
        if over:
            assert job.failed == failed
        if job.state == "dead":
            assert len(places) == failed == 1
        assert (job.lease is not None) == (job.state == "running")
