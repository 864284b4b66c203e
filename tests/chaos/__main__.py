"""`python -m tests.chaos --faults 1000 --seed 7 [--database both] [--log FILE] [--summary FILE]`

SIGINT or SIGTERM ends it early, with the rest of the work done and the summary of what there was;
SIGUSR1 pauses it, and lets it go on.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from producer.nodes.lifetime import dying_with_us
from tests.chaos.comparison import Difference
from tests.chaos.faults import plan
from tests.chaos.faults.fault import DATABASES
from tests.chaos.ledger import describe_open_jobs
from tests.chaos.play import Play
from tests.chaos.stage import ROOT, Stage
from tests.chaos.summary import Act, summary


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--faults", type=int, default=30, help="in all, over both databases")
    parser.add_argument("--seed", default="7")
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument("--only", action="append", default=[], help="a kind; may be repeated")
    parser.add_argument("--log", type=Path, help="where all lines go as well")
    parser.add_argument("--summary", type=Path, help="where the summary goes as well")
    parser.add_argument("--act", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    for path in (asked.log, asked.summary):
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
    if asked.act:
        return _one(asked)
    databases = DATABASES if asked.database == "both" else (asked.database,)
    return _several(asked, databases)


def _several(asked: argparse.Namespace, databases: tuple[str, ...]) -> int:
    """A process for each database, side by side; when one fails, the others end."""
    with tempfile.TemporaryDirectory() as folder:
        acts = {name: Path(folder) / f"{name}.json" for name in databases}
        shares = {
            name: asked.faults // len(databases) + (place < asked.faults % len(databases))
            for place, name in enumerate(databases)
        }
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.chaos", "--database", name, "--seed", asked.seed]
                + ["--faults", str(shares[name]), "--act", str(act)]
                + [part for kind in asked.only for part in ("--only", kind)]
                + (["--log", str(asked.log.resolve())] if asked.log else []),
                cwd=ROOT,
                start_new_session=True,
                preexec_fn=dying_with_us(),
            )
            for name, act in acts.items()
        ]
        _pass_on_signals(processes)
        code = _wait_for(processes)
        found = [Act.load(path) for path in acts.values() if path.exists()]
    text = summary(found, asked.seed)
    print(text, flush=True)
    if asked.summary:
        asked.summary.write_text(text)
    return code


def _pass_on_signals(processes: list[subprocess.Popen[bytes]]) -> None:
    def pass_on(number: int, _frame: object) -> None:
        for process in processes:
            if process.poll() is None:
                process.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, pass_on)


def _wait_for(processes: list[subprocess.Popen[bytes]]) -> int:
    """0 if all end with 0."""
    worst = 0
    while processes:
        for process in list(processes):
            try:
                code = process.wait(0.5)
            except subprocess.TimeoutExpired:
                continue
            processes.remove(process)
            if code:
                worst = 1
                for other in processes:
                    other.terminate()
    return worst


def _one(asked: argparse.Namespace) -> int:
    """One database, in this process."""
    say = _sayer(asked.log)
    seed = f"{asked.seed}/{asked.database}"
    folder = Path(tempfile.mkdtemp(prefix="triage-chaos-"))
    folder.chmod(0o755)
    began = time.monotonic()
    stage = Stage(asked.database, seed, folder)
    play = Play(stage, say)
    _listen(stage, play)
    difference, failure = Difference(), ""
    try:
        difference = play.run(plan(seed, asked.database, asked.faults, asked.only))
    except BaseException as error:
        failure = f"{type(error).__name__}: {error}"
        say(_what_happened(stage, play))
    finally:
        stage.close()
    seconds = time.monotonic() - began
    runs, deserted = len(stage.deliveries), len(play.deserted)
    act = Act.of(asked.database, seconds, runs, difference, deserted, failure, play.records)
    act.save(asked.act)
    if not failure:
        shutil.rmtree(folder)
    return 1 if failure else 0


def _sayer(log: Path | None) -> Callable[[str], None]:
    def say(line: str) -> None:
        line = f"{time.strftime('%H:%M:%S')} {line}"
        print(line, flush=True)
        if log:
            with log.open("a") as file:
                file.write(line + "\n")

    return say


def _listen(stage: Stage, play: Play) -> None:
    def end(_number: int, _frame: object) -> None:
        stage.over.set()
        # A second one ends it as it usually does.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.default_int_handler)

    def pause(_number: int, _frame: object) -> None:
        (play.paused.clear if play.paused.is_set() else play.paused.set)()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGUSR1, pause)


def _what_happened(stage: Stage, play: Play) -> str:
    said = [f"{stage.kind}: FAILED after {len(play.records)} faults", traceback.format_exc()]
    said += stage.ask(describe_open_jobs) or ["no job is open, or the ledger cannot be read"]
    said += stage.tails()
    said.append(f"all of it is in {stage.folder}")
    return "\n".join(said)


if __name__ == "__main__":
    sys.exit(main())
