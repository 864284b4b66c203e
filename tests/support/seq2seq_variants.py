"""Checkpoints of BART and Marian that say in all the ways there are how text is generated.

Transformers 4.57.6 and 5 read some of these ways differently, and published checkpoints use all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.checkpoints import build_summary, build_translation


def _patch(file: Path, **changes: Any) -> None:
    """Change a JSON file; None takes a key out."""
    content = json.loads(file.read_text("utf-8")) | changes
    kept = {key: value for key, value in content.items() if value is not None}
    file.write_text(json.dumps(kept), "utf-8")


def with_decoding(build: Callable[[Path], Path], folder: Path, **changes: Any) -> Path:
    """A checkpoint with some of its generation configuration changed, or left out if None."""
    _patch(build(folder) / "generation_config.json", **changes)
    return folder


def _old_summary(folder: Path) -> Path:
    """As distilbart-cnn was published: everything in config.json, a prefix, names of 2020."""
    build_summary(folder)
    decoding = {"num_beams": 2, "no_repeat_ngram_size": 3, "early_stopping": True}
    lengths = {"length_penalty": 2.0, "min_length": 8, "max_length": 30}
    _patch(
        folder / "config.json",
        **decoding,
        **lengths,
        prefix=" ",
        force_bos_token_to_be_generated=True,
        task_specific_params={"summarization": decoding | lengths | {"num_beams": 3}},
        bos_token_id=None,  # left to the defaults of the class, as are the next two
        forced_bos_token_id=None,
        forced_eos_token_id=None,
        transformers_version="3.1.0",
    )
    (folder / "generation_config.json").unlink()
    return folder


def _task_summary(folder: Path) -> Path:
    """A generation configuration of 2023 that the task's own settings partly overrule."""
    build_summary(folder, transformers_version="4.27.0", num_beams=6, max_length=30)
    params = {"num_beams": 1, "min_length": 3, "max_length": 20, "prefix": "app: ", "odd": 1}
    _patch(folder / "config.json", task_specific_params={"summarization": params})
    return folder


def _new_task_summary(folder: Path) -> Path:
    """The same from a version whose configurations were consulted once more."""
    _task_summary(folder)
    _patch(folder / "generation_config.json", transformers_version="4.55.0", repetition_penalty=1.3)
    return folder


def _greedy_summary(folder: Path) -> Path:
    """One beam and a number of new tokens: neither reached the pipeline."""
    lengths = {"max_new_tokens": 7, "max_length": 30}
    return with_decoding(build_summary, folder, num_beams=1, no_repeat_ngram_size=None, **lengths)


def _target_pieces(folder: Path) -> Path:
    """Marian whose target language writes some pieces otherwise than the source: as nothing."""
    build_translation(folder, renormalize_logits=True, num_beams=6, max_length=24)
    pieces = (folder / "target.spm").read_bytes()
    # A piece ends in its log probability and its type: 1 is normal, 3 is control.
    normal = re.compile(rb"([aeinrst]\x15.{4}\x18)\x01", re.DOTALL)
    (folder / "target.spm").write_bytes(normal.sub(rb"\g<1>" + b"\x03", pieces))
    return folder


def _old_translation(folder: Path) -> Path:
    """As the OPUS models were published: everything in config.json, the end token left to it."""
    build_translation(folder)
    old = json.loads((folder / "generation_config.json").read_text("utf-8"))
    _patch(
        folder / "config.json",
        bad_words_ids=old["bad_words_ids"],
        num_beams=4,
        max_length=28,
        forced_eos_token_id=None,
        task_specific_params={"translation_en_to_de": {"length_penalty": 0.6}},
    )
    (folder / "generation_config.json").unlink()
    return folder


#: The first of each is the usual one: it generates for all texts, the others for a part of them.
SUMMARY: dict[str, Callable[[Path], Path]] = {
    "plain": build_summary,
    "old": _old_summary,
    "task": _task_summary,
    "new_task": _new_task_summary,
    "greedy": _greedy_summary,
}
TRANSLATION: dict[str, Callable[[Path], Path]] = {
    "plain": build_translation,
    "old": _old_translation,
    "target_pieces": _target_pieces,
}

#: Generation configurations of which only the settings are compared, being slow to generate with.
SETTINGS: dict[str, dict[str, Any]] = {
    "nothing": {"num_beams": None, "max_length": None, "min_length": None},
    "new_tokens": {"max_length": None, "max_new_tokens": 60},
    "default_length": {"max_length": 20},
    "beyond_positions": {"max_length": 512},
    "old_nothing": {"max_length": None, "transformers_version": "4.20.1"},
    "several": {"num_return_sequences": 3, "encoder_no_repeat_ngram_size": 4},
    "never": {"early_stopping": "never", "suppress_tokens": [5, 6], "min_new_tokens": 4},
}
