"""Remote control: a node answers questions, and takes no orders.

Whoever may write to Redis could else shut nodes down, or let them consume a queue of their own
choice, with messages of their own making. Nodes are stopped and sized by whoever started them.
"""

from __future__ import annotations

from celery.worker.control import Panel

#: Orders that Flower gives, and that do no harm.
HARMLESS = frozenset({"enable_events", "disable_events", "heartbeat"})
#: Questions whose answer costs a walk through all of a node's memory.
COSTLY = frozenset({"objgraph", "memsample", "memdump"})


def take_no_orders() -> None:
    """Remove all commands of this process that give orders or are costly."""
    for name, command in list(Panel.meta.items()):
        if name in COSTLY or (command.type == "control" and name not in HARMLESS):
            del Panel.meta[name], Panel.data[name]
