"""The summary of a chaos run: a table by kind of fault, for the log and the docs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from tests.chaos.comparison import Difference
from tests.chaos.play import Record


@dataclass(frozen=True, slots=True)
class Act:
    """What a play on one database came to.

    Attributes:
        minutes: From the first fault's preparation to the last comparison.
        runs: That were ingested.
        other_deaths: Documents that kill their worker, and were charged with another fault's kill.
        deserted: Nodes that ended by themselves.
        failure: What broke it off; the counts say nothing then.
    """

    database: str
    minutes: float
    runs: int
    compared: int
    lost: int
    duplicated: int
    different: int
    other_deaths: int
    deserted: int
    failure: str
    records: tuple[Record, ...]

    @classmethod
    def of(
        cls,
        database: str,
        seconds: float,
        runs: int,
        difference: Difference,
        deserted: int,
        failure: str,
        records: Iterable[Record],
    ) -> Act:
        """From what the play has kept."""
        counts = (difference.compared, difference.lost, difference.duplicated)
        return cls(
            database,
            seconds / 60,
            runs,
            *counts,
            difference.different,
            difference.other_deaths,
            deserted,
            failure,
            tuple(records),
        )

    def save(self, path: Path) -> None:
        """For the process that puts several together."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, path: Path) -> Act:
        """What `save` wrote."""
        kept = json.loads(path.read_text())
        return cls(**kept | {"records": tuple(Record(**one) for one in kept["records"])})


INTRODUCTION = """\
# Chaos

`make chaos FAULTS=1000 SEED=…` plays faults on real servers: for PostgreSQL and for SQLite each a
Redis, two nodes with warm small models, and `triage ingest` processes that keep them busy. After
every fault the work has to go on, `triage verify` has to balance, and every run that has
finished is compared with an undisturbed run of the same documents: labels, spans, texts and models
equal, scores within 1e-4, dead letters exactly for the planted documents, each with its class.

The seed decides which faults come in which order, on whom, and what the documents are; when a
process is hit inside of its work is up to the machine. Times are short so that recovery is:
`TRIAGE_LEASE=4`, `TRIAGE_HEARTBEAT=1`, `TRIAGE_UPKEEP=1`, `TRIAGE_MESSAGE_TIMEOUT=3`. With
`TRIAGE_MAX_ATTEMPTS=5`, since under this fire an innocent document that stands alone could meet
three kills by chance, and would be given up, rightly.

"Until work went on" counts from the end of the fault (or from the kill) until another job was done,
and every job that ran when it struck was done or claimed anew; where Redis lost its messages, also
every job whose message it had held; for planted documents, until their run was finished (one minute
at the most; what kills its worker is cornered while other faults follow).

"""


def summary(acts: Sequence[Act], seed: str) -> str:
    """Markdown: totals, then a row for each kind of fault."""
    records = [record for act in acts for record in act.records]
    lines = [
        f"{len(records):,} faults with seed {seed}:",
        "",
        "| database | faults | minutes | runs | outcomes | lost | duplicated | different |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {act.database} | {len(act.records):,} | {act.minutes:.0f} | {act.runs:,} "
        f"| {act.compared:,} | {act.lost} | {act.duplicated} | {act.different} |"
        for act in acts
    ]
    lines += [
        "",
        "| fault | times | median s until work went on | worst s |",
        "|---|---|---|---|",
    ]
    kinds: dict[str, list[float]] = {}
    for record in records:
        kinds.setdefault(record.fault, []).append(record.seconds)
    lines += [
        f"| {kind} | {len(seconds)} | {median(seconds):.1f} | {max(seconds):.1f} |"
        for kind, seconds in sorted(kinds.items())
    ]
    lines[1:1] = [f"\n**FAILED** on {act.database}: {act.failure}" for act in acts if act.failure]
    if deserted := sum(act.deserted for act in acts):
        note = f"{deserted} times a node ended by itself, and was started again."
        lines[1:1] = ["", note]
    planted = len([record for record in records if record.fault == "segfaulting document"])
    if others := sum(act.other_deaths for act in acts):
        note = (
            f"Of {planted} segfaulting documents {others} were charged with the kill that another "
            "fault dealt their last worker, not with SIGSEGV."
        )
        lines[1:1] = ["", note]
    if records:
        seconds = [record.seconds for record in records]
        lines.append(f"| **all** | {len(seconds)} | {median(seconds):.1f} | {max(seconds):.1f} |")
    return INTRODUCTION + "\n".join(lines) + "\n"
