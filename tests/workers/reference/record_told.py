"""Record what the `translation` pipeline of Transformers 4.57.6 writes when told the languages.

In an environment with `transformers==4.57.6`, sentencepiece, protobuf and the torch of the
constraints file, from the root of the repository:

    python -m tests.workers.reference.record_told tests/workers/reference/told.json
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
import transformers

from tests.support.checkpoints import SEQ2SEQ_WINDOW, fingerprint
from tests.support.feedback_texts import SHORT, long_texts
from tests.support.told_checkpoints import TOLD

#: Of Transformers 4, some of whose tasks the types of the installed version do not have.
_make_pipeline: Any = transformers.pipeline

#: Pairs, and one in how many of the texts goes through each.
PAIRS = {("en", "de"): 1, ("fr", "de"): 6, ("de", "en"): 6}


def record(target: Path) -> None:
    """Write the reference file."""
    texts = [*SHORT, "late  ", "late\n", *(long_texts(words, 3, words)[0] for words in (8, 20))]
    content: dict[str, Any] = {"transformers": transformers.__version__, "families": {}}
    with tempfile.TemporaryDirectory() as folder:
        for family, (build, codes) in TOLD.items():
            checkpoint = build(Path(folder) / family)
            pipeline = _make_pipeline(
                "translation", model=str(checkpoint), device="cpu", dtype=torch.float32
            )
            fitting = [text for text in texts if _fits(pipeline, text)]
            content["families"][family] = {
                "checkpoint": fingerprint(checkpoint),
                "cases": [
                    {
                        "source": source,
                        "target": target_language,
                        "text": text,
                        "output": pipeline(
                            text, src_lang=codes[source], tgt_lang=codes[target_language]
                        )[0]["translation_text"],
                    }
                    for (source, target_language), every in PAIRS.items()
                    for text in fitting[::every]
                ],
            }
    target.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _fits(pipeline: Any, text: str) -> bool:
    return len(pipeline.tokenizer(text)["input_ids"]) <= SEQ2SEQ_WINDOW


if __name__ == "__main__":
    record(Path(sys.argv[1]))
