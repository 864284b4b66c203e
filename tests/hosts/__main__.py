"""`python -m tests.hosts SCENARIO [--seconds 60] [--minutes 10] [--lease 30] [--seed 7]`

Scenarios: `cut`, three hosts of which one is cut off, then all; `failover`, a Redis that Sentinels
watch; `storm`, a PostgreSQL that restarts again and again; `limits`, servers with a full disk,
without writes, without connections. `cut` and `limits` need root.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median

from tests.chaos.faults.fault import Fault
from tests.chaos.ledger import describe_open_jobs
from tests.chaos.play import Play, Record
from tests.hosts.cuts import cuts
from tests.hosts.failovers import failovers
from tests.hosts.limits import limits
from tests.hosts.network import go_inside, reason_for_none
from tests.hosts.stage import HostsStage, LimitedStage, SentinelStage, SmallStage
from tests.hosts.storms import storm


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hosts", description=__doc__)
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("--seconds", type=float, default=60, help="that a cut or a limit lasts")
    parser.add_argument("--minutes", type=float, default=10, help="that a storm lasts")
    parser.add_argument("--pause", type=float, default=40, help="seconds in a storm, at the most")
    parser.add_argument("--lease", type=float, default=30, help="TRIAGE_LEASE, in seconds")
    parser.add_argument("--only", action="append", default=[], help="a kind; may be repeated")
    parser.add_argument("--seed", default="7")
    parser.add_argument("--log", type=Path, help="where all lines go as well")
    asked = parser.parse_args()
    if asked.scenario == "cut":
        if reason := reason_for_none():
            print(f"cannot be played here: {reason}")
            return 2
        go_inside("tests.hosts")
    folder = Path(tempfile.mkdtemp(prefix="triage-hosts-"))
    folder.chmod(0o755)
    make_stage, faults = SCENARIOS[asked.scenario]
    stage = make_stage("postgresql", asked.seed, folder, _times(asked.lease))
    return _play(stage, faults(asked), asked)


Scenario = tuple[
    Callable[[str, str, Path, dict[str, str]], SmallStage],
    Callable[[argparse.Namespace], list[tuple[Fault, Random]]],
]
#: By name: the stage, and what is played on it.
SCENARIOS: dict[str, Scenario] = {
    "cut": (HostsStage, lambda asked: cuts(asked.seconds)),
    "failover": (SentinelStage, lambda _asked: failovers()),
    "storm": (SmallStage, lambda asked: storm(asked.minutes, asked.pause)),
    "limits": (LimitedStage, lambda asked: limits(asked.seconds)),
}


def _times(lease: float) -> dict[str, str]:
    """The lease, and what comes with it by default: a heartbeat of a third, …"""
    return {
        "TRIAGE_LEASE": f"{lease:g}",
        "TRIAGE_HEARTBEAT": f"{lease / 3:g}",
        "TRIAGE_UPKEEP": f"{lease / 6:g}",
        "TRIAGE_MESSAGE_TIMEOUT": f"{lease:g}",
    }


def _play(stage: SmallStage, faults: list[tuple[Fault, Random]], asked: argparse.Namespace) -> int:
    """Play; 0 if nothing was lost, doubled or changed, and all went on."""

    def say(line: str) -> None:
        line = f"{time.strftime('%H:%M:%S')} {line}"
        print(line, flush=True)
        if asked.log:
            with asked.log.open("a") as file:
                file.write(line + "\n")

    play = Play(stage, say)
    try:
        play.run([one for one in faults if not asked.only or one[0].name in asked.only])
        say(_summary(play.records))
    except BaseException:
        say(f"FAILED after {len(play.records)} faults\n{traceback.format_exc()}")
        say("\n".join(stage.ask(describe_open_jobs) or ["the ledger cannot be read"]))
        say("\n".join([*stage.tails(), f"all of it is in {stage.folder}"]))
        return 1
    finally:
        stage.close()
    if play.deserted:
        say(f"nodes ended by themselves: {play.deserted}")
        return 1
    shutil.rmtree(stage.folder)
    return 0


def _summary(records: list[Record]) -> str:
    """A line for each kind of fault."""
    kinds: dict[str, list[float]] = {}
    for record in records:
        kinds.setdefault(record.fault, []).append(record.seconds)
    return "\n".join(
        f"{kind}: {len(seconds)} times, going on after {median(seconds):.1f} s (median), "
        f"{max(seconds):.1f} s (worst)"
        for kind, seconds in kinds.items()
    )


if __name__ == "__main__":
    sys.exit(main())
