"""Which files make a checkpoint whole."""

from __future__ import annotations

import json
from pathlib import Path

WEIGHTS = "model.safetensors"

#: Beside weights it makes another model of them.
ADAPTER = "adapter_config.json"

INDEX = "model.safetensors.index.json"

#: One of these at least; without any, Transformers makes up a tokenizer that knows no word.
TOKENIZER_FILES = ("tokenizer.json", "vocab.*", "*.model", "*.spm", "vocab-*.json", "*.tokenizer")
#: Tokenizers that read characters or bytes, and have no vocabulary.
_WITHOUT_FILES = ("ByT5Tokenizer", "CanineTokenizer", "PerceiverTokenizer")


class ShardIndexError(ValueError):
    """The index of a model's shards is broken, or names what it must not. One sentence without the
    fix; `locate` adds that and the model.
    """


class MissingShardError(ShardIndexError):
    """The index names a file that is not there (yet)."""


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files that a model is loaded from: one, or its shards; none if one lacks.

    Raises:
        ShardIndexError: If the index of the shards is broken, or names a file outside the folder,
            or one that is not there.
    """
    whole, index = folder / WEIGHTS, folder / INDEX
    if whole.is_file():
        return [whole]
    if not index.is_file():
        return []
    shards = [_inside(folder, name) for name in _shards(index)]
    for shard in shards:
        if not shard.is_file():
            raise MissingShardError(
                f"the shard {shard.name} of its weights is missing, which {index} names"
            )
    return shards


def _shards(index: Path) -> list[str]:
    try:
        names = set(json.loads(index.read_text("utf-8"))["weight_map"].values())
        if names and all(isinstance(name, str) and name for name in names):
            return sorted(names)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise ShardIndexError(f"the index {index} is broken: it does not say which files it is of")


def _inside(folder: Path, name: str) -> Path:
    """A file that the index names, which has to lie in the folder: else whoever wrote the index
    chooses what is read of this machine.
    """
    real = folder.resolve()
    # The hub's cache holds links in a snapshot's folder, to where it keeps the files.
    kept = [real.parent.parent / "blobs"] if real.parent.name == "snapshots" else []
    path = folder / name
    if "\0" not in name and ".." not in path.parts[len(folder.parts) :]:
        there = path.resolve()
        if any(there.is_relative_to(one) for one in (real, *kept)):
            return path
    raise ShardIndexError(
        f"the index {folder / INDEX} names {name!r}, which is outside the model's folder and is "
        "not read"
    )


def has_tokenizer(folder: Path) -> bool:
    """Whether the vocabulary of a tokenizer is there, or none is needed."""
    return any(any(folder.glob(pattern)) for pattern in TOKENIZER_FILES) or any(
        _names_class_without_files(folder / name)
        for name in ("tokenizer_config.json", "config.json")
    )


def _names_class_without_files(file: Path) -> bool:
    try:
        said = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("tokenizer_class") in _WITHOUT_FILES
