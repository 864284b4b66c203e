"""Record what the `zero-shot-classification` pipeline of Transformers 4.57.6 gives.

In an environment with `transformers==4.57.6` and the torch of the constraints file, from the root
of the repository:

    python -m tests.workers.reference.record_entailment tests/workers/reference/entailment.json
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import transformers

from tests.support.checkpoints import fingerprint
from tests.support.entailment_checkpoints import ENTAILMENT, ENTAILMENT_WINDOW
from tests.support.feedback_texts import SHORT, long_texts

#: Of Transformers 4, some of whose tasks the types of the installed version do not have.
_make_pipeline: Any = transformers.pipeline

LABELS = ("delivery", "the price, or money", "a broken product", "München 中国", "support")
#: Ways to ask: labels, the hypothesis, whether a text may have several.
ASKED: dict[str, tuple[tuple[str, ...], str, bool]] = {
    "one": (LABELS, "This example is {}.", False),
    "several": (LABELS, "This example is {}.", True),
    "template": (LABELS[:3], "The customer writes about {}, and wants help.", False),
    "alone": (LABELS[:1], "This example is {}.", False),
}


def main(target: Path) -> None:
    """Write the reference file."""
    texts = SHORT + [text for words in (8, 16, 30) for text in long_texts(words, 12, words)]
    checkpoints: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, build in ENTAILMENT.items():
            checkpoint = build(Path(folder) / name)
            pipeline = _make_pipeline(
                "zero-shot-classification", model=str(checkpoint), device="cpu"
            )
            texts = [text for text in texts if _longest(pipeline, text) <= ENTAILMENT_WINDOW]
            checkpoints[name] = {"fingerprint": fingerprint(checkpoint), "pipeline": pipeline}
        for one in checkpoints.values():
            pipeline = one.pop("pipeline")
            one["results"] = {
                asked: [_scores(pipeline, text, *how) for text in texts]
                for asked, how in ASKED.items()
            }
    content = {
        "transformers": transformers.__version__,
        "texts": texts,
        "checkpoints": checkpoints,
    }
    target.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _longest(pipeline: Any, text: str) -> int:
    return max(
        len(pipeline.tokenizer(text, template.format(label))["input_ids"])
        for labels, template, _ in ASKED.values()
        for label in labels
    )


def _scores(
    pipeline: Any, text: str, labels: tuple[str, ...], template: str, several: bool
) -> list[float]:
    """The score of each label, in the order of the labels."""
    found = pipeline(
        text, candidate_labels=list(labels), hypothesis_template=template, multi_label=several
    )
    by_label = dict(zip(found["labels"], found["scores"], strict=True))
    return [by_label[label] for label in labels]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
