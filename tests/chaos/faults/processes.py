"""Faults of processes: killed, stopped and continued, told to end."""

from __future__ import annotations

import contextlib
import os
import signal
from random import Random

from tests.chaos.faults.fault import Fault, Struck, pick_node
from tests.chaos.feedback import Delivery
from tests.chaos.stage import LEASE, Stage

#: Rows that a producer stores in a transaction, so that there is a middle to be killed in.
SMALL_BLOCK = 40


def kill_child(stage: Stage, chance: Random) -> Struck:
    """`kill -9` of the process that computes."""
    node = pick_node(stage, chance)
    return Struck(f"{node.name}, pid {node.signal_child(signal.SIGKILL)}")


def kill_all_children(stage: Stage, chance: Random) -> Struck:
    """The same on all nodes at once, as the OOM killer might."""
    pids = [node.signal_child(signal.SIGKILL) for node in stage.nodes]
    return Struck(f"all nodes, pids {pids}")


def kill_parent(stage: Stage, chance: Random) -> Struck:
    """`kill -9` of a node's parent; its child is an orphan then, perhaps in the middle of a job."""
    node = pick_node(stage, chance)
    pid = node.process.pid
    node.kill()
    node.start_again()
    return Struck(f"{node.name}, pid {pid}")


def kill_node(stage: Stage, chance: Random) -> Struck:
    """`kill -9` of a node with all of its processes."""
    node = pick_node(stage, chance)
    pid = node.process.pid
    node.signal_all(signal.SIGKILL)
    node.process.wait()
    node.start_again()
    return Struck(f"{node.name} with its child, pid {pid}")


def stop_child(stage: Stage, chance: Random) -> Struck:
    """A child sleeps past its lease, and wakes up believing that the job is still its own."""
    node, seconds = pick_node(stage, chance), LEASE + chance.uniform(1, 3)
    pid = node.signal_child(signal.SIGSTOP)
    stage.pass_time(seconds)
    # By now its node, or whoever watches, may have ended it.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
    return Struck(f"{node.name}, pid {pid}, for {seconds:.1f} s")


def stop_node(stage: Stage, chance: Random) -> Struck:
    """The same with a whole node, as when a virtual machine is frozen."""
    node, seconds = pick_node(stage, chance), LEASE + chance.uniform(1, 3)
    node.signal_all(signal.SIGSTOP)
    stage.pass_time(seconds)
    node.signal_all(signal.SIGCONT)
    return Struck(f"{node.name} with its child, for {seconds:.1f} s")


def end_node(stage: Stage, chance: Random) -> Struck:
    """SIGTERM, as `docker stop` and a Kubernetes eviction send it; then it is started again."""
    node = pick_node(stage, chance)
    code = node.end()
    node.start_again()
    return Struck(f"{node.name}, exit code {code}")


def kill_producer(stage: Stage, chance: Random) -> Struck:
    """`kill -9` of `triage ingest` in the middle of a file; then it is run again."""
    delivery = _whole_pool(stage, "killed", chance)
    said = _end_midway(stage, delivery, signal.SIGKILL, chance)
    tries = stage.ingest(delivery)
    return Struck(f"{delivery.run} {said}, {tries} more")


def stop_producer(stage: Stage, chance: Random) -> Struck:
    """Ctrl-C, or SIGTERM, to `triage ingest` in the middle of a file, and again when it has been
    resumed; then it is run to its end.
    """
    delivery = _whole_pool(stage, "stopped", chance)
    ways = [chance.choice((signal.SIGINT, signal.SIGTERM)) for _ in range(chance.choice((1, 2, 3)))]
    said = [_end_midway(stage, delivery, way, chance) for way in ways]
    tries = stage.ingest(delivery)
    return Struck(f"{delivery.run} {'; '.join(said)}, {tries} more")


def _whole_pool(stage: Stage, word: str, chance: Random) -> Delivery:
    documents = tuple(chance.sample(stage.pool.harmless, len(stage.pool.harmless)))
    return stage.deliver(stage.new_name(word), ("sentiment",), documents, chance)


def _end_midway(stage: Stage, delivery: Delivery, way: signal.Signals, chance: Random) -> str:
    wanted = chance.choice((0, 0, SMALL_BLOCK, 2 * SMALL_BLOCK))
    process = stage.start_producer(delivery, SMALL_BLOCK)
    stored = stage.wait_for_documents(process, delivery.run, wanted)
    process.send_signal(way)
    return f"{way.name} after {stored} documents (exit code {process.wait()})"


FAULTS = (
    Fault("child killed", kill_child, 5),
    Fault("all children killed", kill_all_children, 1),
    Fault("parent killed", kill_parent, 3),
    Fault("node killed", kill_node, 3),
    Fault("child stopped past its lease", stop_child, 3),
    Fault("node stopped past its lease", stop_node, 2),
    Fault("node told to end", end_node, 3),
    Fault("producer killed mid-ingest", kill_producer, 3),
    Fault("producer stopped mid-ingest", stop_producer, 3),
)
