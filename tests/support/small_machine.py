"""A process with little memory: `python -m tests.support.small_machine` runs a batch far too large.

It prints a line of JSON: how many results there are, how many differ from those of small batches,
and the padded tokens that a batch may have afterwards.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from schema.catalog import Catalog, CatalogEntry
from schema.document import Document
from schema.options import RunOptions
from schema.results.sentiment import Sentiment
from tests.support.checkpoints import build_sentiment
from workers.runtime.threads import limit_threads

#: What the process may still take once the model is warm.
ROOM = 72 * 2**20
TEXT = "The parcel was late and the box was broken, and nobody answers. " * 8


def address_space() -> int:
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmSize:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def main(documents: int) -> None:
    limit_threads(1)
    from workers.analyses import load_analysis
    from workers.engine.engine import Engine

    with TemporaryDirectory() as folder:
        entry = CatalogEntry(model=str(build_sentiment(Path(folder) / "sentiment")))
        analysis = load_analysis("sentiment", Catalog("tiny", {"sentiment": entry}), "cpu")
    texts = [Document(number, f"{number} {TEXT}") for number in range(documents)]
    few = Engine(analysis).run(texts[:8], RunOptions())
    engine = Engine(analysis)
    engine.budgets._found[""] = 10**9
    room = address_space() + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    outcomes = engine.run(texts, RunOptions())
    results = [one[0] for one in outcomes if isinstance(one, list)]
    labels = [one.label for one in results if isinstance(one, Sentiment)]
    expected = [
        one.label
        for one in (found[0] for found in few if isinstance(found, list))
        if isinstance(one, Sentiment)
    ]
    different = sum(a != b for a, b in zip(labels, expected, strict=False))
    said = {"results": len(labels), "different": different, "ceiling": engine.batch_tokens()}
    print(json.dumps(said | {"forwards": engine.counters.forwards}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
