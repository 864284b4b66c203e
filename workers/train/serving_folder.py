"""A folder as a catalog names it: weights, configuration, tokenizer, each as serving reads it."""

from __future__ import annotations

import shutil
from pathlib import Path

from transformers import PreTrainedModel

from workers.models.checkpoint_files import TOKENIZER_FILES

#: What belongs to a tokenizer beside its vocabulary.
_MORE = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "merges.txt")


def save(model: PreTrainedModel, tokenizer_folder: Path, folder: Path) -> None:
    """Write a model with the tokenizer of its base, file by file, so that it cuts words as before.

    Args:
        folder: Made anew; what lies there goes.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model.save_pretrained(folder, max_shard_size="5GB")
    for pattern in (*TOKENIZER_FILES, *_MORE):
        for file in tokenizer_folder.glob(pattern):
            shutil.copyfile(file, folder / file.name)
