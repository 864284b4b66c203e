"""Where the checkpoint of a catalog entry lies on this machine, and exactly which revision it is.

Three kinds of `model`: `pocket/x` ships inside this package, an absolute path is a local folder,
anything else is an id on the model hub.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from schema.catalog import Entry
from workers.faults import ModelError

_POCKET = "pocket/"
_WEIGHTS = "model.safetensors"
_SHARDS = "model.safetensors.index.json"
#: One of these at least; without any, Transformers makes up a tokenizer that knows no word.
_TOKENIZER_FILES = ("tokenizer.json", "vocab.*", "*.model", "*.spm")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder with configuration, safetensors weights and tokenizer.

    Attributes:
        revision: The commit of a hub model, or `sha256:` and 12 hex digits of local weights.
    """

    folder: Path
    revision: str


def locate(entry: Entry) -> Checkpoint:
    """Find the checkpoint; one of the hub is fetched into the local cache if it is not there yet.

    Raises:
        ModelError: If the folder is missing or has no safetensors weights, or if the model is not
            in the cache while the hub is out of reach, or if its index names files elsewhere.
    """
    try:
        return _located(entry)
    except ShardIndexError as error:
        raise ModelError(
            f"model {entry.model!r}: {error}; save the model with safetensors into one folder, or "
            "name another `model` in the catalog that TRIAGE_MODELS names"
        ) from None


def _located(entry: Entry) -> Checkpoint:
    if entry.model.startswith(_POCKET):
        folder = Path(__file__).parent / entry.model
        fix = "reinstall the project, or set TRIAGE_MODELS to 'hub' or to a catalog of your own"
        return _local(entry, folder, fix)
    path = Path(entry.model).expanduser()
    if path.is_absolute():
        fix = "correct `model` in the catalog that TRIAGE_MODELS names"
        return _local(entry, path, fix)
    from workers.hub import hub_folder

    folder = hub_folder(entry)
    # What has just been fetched is of strangers as well.
    weight_files(folder)
    return Checkpoint(folder, revision=folder.name)


class ShardIndexError(ValueError):
    """The index of a model's shards is broken, or names what it must not. One sentence without the
    fix; `locate` adds that and the model.
    """


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files that a model is loaded from: one, or its shards; none if one lacks.

    Raises:
        ShardIndexError: If the index of the shards is broken, or names a file outside the folder.
    """
    whole, index = folder / _WEIGHTS, folder / _SHARDS
    if whole.is_file():
        return [whole]
    if not index.is_file():
        return []
    shards = [_inside(folder, name) for name in _shards(index)]
    return shards if all(shard.is_file() for shard in shards) else []


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
        f"the index {folder / _SHARDS} names {name!r}, which is outside the model's folder and is "
        "not read"
    )


def has_tokenizer(folder: Path) -> bool:
    """Whether the vocabulary of a tokenizer is there."""
    return any(any(folder.glob(pattern)) for pattern in _TOKENIZER_FILES)


def _local(entry: Entry, folder: Path, fix: str) -> Checkpoint:
    if not (folder / "config.json").is_file():
        wrong = "holds no config.json" if folder.is_dir() else "does not exist"
        raise ModelError(f"model {entry.model!r}: the folder {folder} {wrong}; {fix}")
    weights = weight_files(folder)
    if not weights:
        raise ModelError(
            f"model {entry.model!r}: the folder {folder} holds no {_WEIGHTS}, and no other format "
            f"of weights is loaded; save the model with safetensors, or {fix}"
        )
    if not has_tokenizer(folder):
        raise ModelError(
            f"model {entry.model!r}: the folder {folder} holds no tokenizer (none of "
            f"{', '.join(_TOKENIZER_FILES)}); save the model's tokenizer beside it, or {fix}"
        )
    digest = hashlib.sha256()
    for file in weights:
        with file.open("rb") as content:
            while block := content.read(1 << 20):
                digest.update(block)
    return Checkpoint(folder, revision=f"sha256:{digest.hexdigest()[:12]}")


__all__ = ["Checkpoint", "ModelError", "has_tokenizer", "locate", "weight_files"]
