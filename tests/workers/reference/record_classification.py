"""Record what `text-classification` and `token-classification` of Transformers 4.57.6 give.

In an environment with `transformers==4.57.6` and the torch of the constraints file, from the root
of the repository:

    python -m tests.workers.reference.record_classification tests/workers/reference
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import transformers

from tests.support.checkpoints import WINDOW, build_entities, build_sentiment, fingerprint
from tests.support.feedback_texts import SHORT, long_texts

#: Of Transformers 4, some of whose tasks the types of the installed version do not have.
_make_pipeline: Any = transformers.pipeline

#: Ways in which checkpoints say what their scores are.
SENTIMENT: dict[str, Callable[[Path], Path]] = {
    "two": build_sentiment,
    "five": partial(build_sentiment, labels=5),
    "one": partial(build_sentiment, labels=1),
    "regression": partial(build_sentiment, labels=1, problem_type="regression"),
    "several_regressions": partial(build_sentiment, labels=3, problem_type="regression"),
    "multi_label": partial(build_sentiment, labels=3, problem_type="multi_label_classification"),
    "single_label": partial(build_sentiment, problem_type="single_label_classification"),
}
#: Labels with, without and with half of the usual prefixes, and two that mean nothing.
_ODD_LABELS = "O PER I-PER B-ORG ORG LOC-CITY O I-MISC B-MISC".split()  # noqa: SIM905
ENTITIES: dict[str, Callable[[Path], Path]] = {
    "conll": build_entities,
    "odd_labels": partial(build_entities, id2label={str(i): n for i, n in enumerate(_ODD_LABELS)}),
}
_TEXTS = SHORT + [text for words in (8, 16, 30) for text in long_texts(words, 12, words)]


def main(target: Path) -> None:
    """Write both reference files."""
    _record(target / "sentiment.json", SENTIMENT, "text-classification")
    _record(
        target / "entities.json", ENTITIES, "token-classification", aggregation_strategy="simple"
    )


def _record(
    path: Path, builders: dict[str, Callable[[Path], Path]], task: str, **arguments: Any
) -> None:
    """Write the results for every text that fits the window, one text at a time."""
    checkpoints = {}
    for name, build in builders.items():
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = build(Path(folder) / name)
            pipeline = _make_pipeline(task, model=str(checkpoint), device="cpu", **arguments)
            texts = [text for text in _TEXTS if _length(pipeline, text) <= WINDOW]
            checkpoints[name] = {
                "fingerprint": fingerprint(checkpoint),
                "results": [[_plain(found) for found in pipeline(text)] for text in texts],
            }
    content = {
        "transformers": transformers.__version__,
        "texts": texts,
        "checkpoints": checkpoints,
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _length(pipeline: Any, text: str) -> int:
    return len(pipeline.tokenizer(text)["input_ids"])


def _plain(found: dict[str, Any]) -> list[Any]:
    names = ("label", "entity_group", "start", "end")
    return [*(found[name] for name in names if name in found), float(found["score"])]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
