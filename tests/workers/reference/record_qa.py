"""Record what the `question-answering` pipeline of Transformers 4.57.6 answers.

In an environment with `transformers==4.57.6` and the torch of the constraints file, from the root
of the repository:

    python -m tests.workers.reference.record_qa tests/workers/reference/qa.json
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
import transformers

from tests.support.checkpoints import fingerprint
from tests.support.feedback_texts import SHORT, long_texts
from tests.support.qa_variants import QA

#: Of Transformers 4, some of whose tasks the types of the installed version do not have.
_make_pipeline: Any = transformers.pipeline

QUESTIONS = (
    "What does the customer want?",
    "Who?",
    "Which product is broken, and  where\twas it ordered — München or 中国 [SEP]?",
)


def main(target: Path) -> None:
    """Write the reference file."""
    texts = SHORT + [text for words in (20, 60, 100, 300) for text in long_texts(words, 4, words)]
    variants: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, build in QA.items():
            checkpoint = build(Path(folder) / name)
            pipeline = _make_pipeline(
                "question-answering", model=str(checkpoint), device="cpu", dtype=torch.float32
            )
            questions = QUESTIONS if name == "distilbert" else QUESTIONS[:2]
            answers = [
                {"text": text, "answers": [pipeline(question=q, context=text) for q in questions]}
                for text in texts
            ]
            variants[name] = {
                "checkpoint": fingerprint(checkpoint),
                "questions": questions,
                "cases": answers,
            }
    content = {"transformers": transformers.__version__, "variants": variants}
    target.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
