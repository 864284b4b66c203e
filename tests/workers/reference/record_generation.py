"""What the recorders of `summarization` and `translation` share."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
import transformers

from tests.support.checkpoints import SEQ2SEQ_WINDOW, fingerprint
from tests.support.feedback_texts import SHORT, long_texts
from tests.support.seq2seq_variants import SETTINGS, with_decoding

#: Of Transformers 4, some of whose tasks the types of the installed version do not have.
_make_pipeline: Any = transformers.pipeline

Build = Callable[..., Path]

#: Of the texts, one in so many goes through the checkpoints after the first.
_EVERY = 4


def record(target: Path, task: str, key: str, variants: Mapping[str, Build], plain: Build) -> None:
    """Write the reference file of a task.

    Args:
        target: The file.
        task: As `transformers.pipeline` names it.
        key: Of the text in what the pipeline gives.
        variants: Builders of checkpoints to generate with.
        plain: Takes the settings of `SETTINGS`.
    """
    with tempfile.TemporaryDirectory() as folder:
        written: dict[str, Any] = {}
        for name, build in variants.items():
            checkpoint = build(Path(folder) / name)
            pipeline = _pipeline(task, checkpoint)
            every = _EVERY if written else 1
            texts = [text for text in _texts()[::every] if _fits(pipeline, text)]
            written[name] = {
                "checkpoint": fingerprint(checkpoint),
                "settings": _settings(pipeline),
                "cases": [{"text": text, "output": pipeline(text)[0][key]} for text in texts],
            }
        settings = {
            name: _settings(_pipeline(task, with_decoding(plain, Path(folder) / name, **changes)))
            for name, changes in SETTINGS.items()
        }
    content = {
        "transformers": transformers.__version__,
        "task": task,
        "variants": written,
        "settings": settings,
    }
    target.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _texts() -> list[str]:
    return SHORT + [text for words in (8, 20, 40) for text in long_texts(words, 4, words)]


def _pipeline(task: str, checkpoint: Path) -> Any:
    return _make_pipeline(task, model=str(checkpoint), device="cpu", dtype=torch.float32)


def _fits(pipeline: Any, text: str) -> bool:
    ids = pipeline.tokenizer((pipeline.prefix or "") + text)["input_ids"]
    return len(ids) <= SEQ2SEQ_WINDOW


def _settings(pipeline: Any) -> dict[str, Any]:
    """The generation configuration in the end, worked out as `generate` itself does."""
    model = pipeline.model
    config, _ = model._prepare_generation_config(pipeline.generation_config)
    config = model._prepare_generated_length(
        generation_config=config,
        has_default_max_length=True,
        has_default_min_length=True,
        model_input_name="input_ids",
        input_ids_length=1,
        inputs_tensor=torch.zeros(1, 5, dtype=torch.long),
    )
    return {**config.to_dict(), "prefix": pipeline.prefix or ""}
