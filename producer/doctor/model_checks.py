"""Models: whether the catalog's are here, whole, and say what their labels mean; without torch.

A machine without the extra `worker` computes nothing, so it need not have them.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from typing import Any

from rich.filesize import decimal

from producer.doctor.check import Check, fine, warning, wrong
from schema.catalog import Catalog, CatalogEntry, CatalogError, load_catalog
from schema.polarity import known_values

#: Bytes in front of a safetensors file that say how long its header is.
_LENGTH = struct.Struct("<Q")
#: Digits of a SHA-256, after which the hub's cache calls a large file.
_SHA256 = 64
#: Names the encoder that a model shares with others, and its hash.
_ENCODER = "encoder.json"
#: What has no files of its own.
_IN_A_PACKAGE = "py3langid"


def model_checks(models: str, hashes: bool) -> Iterator[Check]:
    """Check the catalog and its models on this machine.

    Args:
        models: `Settings.models`.
        hashes: Whether files from the hub are read through and compared with their hashes.
    """
    try:
        catalog = load_catalog(models)
    except CatalogError as error:
        yield wrong("models", str(error))
        return
    yield fine("models", f"catalog {models}: {', '.join(catalog.served)}")
    if util.find_spec("torch") is None:
        yield fine("model files", "this installation does not compute, so it needs none")
        return
    for key, entry in _entries(catalog):
        yield _model(key, entry, hashes)


def _entries(catalog: Catalog) -> Iterator[tuple[str, CatalogEntry]]:
    for analysis in catalog.served:
        if analysis != "translation":
            yield analysis, catalog.entry(analysis)
    for source, target in catalog.pairs():
        yield f"translation {source}-{target}", catalog.pair(source, target)


def _model(key: str, entry: CatalogEntry, hashes: bool) -> Check:
    about = f"model of {key}"
    if entry.model == _IN_A_PACKAGE:
        return fine(about, f"{entry.model}, a package")
    folder = _folder(entry)
    if folder is None:
        return warning(
            about,
            f"{entry.model} is not in the hub's cache; a worker fetches it when it starts, which "
            "needs the network (HF_HOME names the cache)",
        )
    try:
        weights = _weights(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return wrong(about, f"{folder / _ENCODER} cannot be read: copy the model there again")
    if not (folder / "config.json").is_file() or not weights:
        return wrong(
            about, f"{folder} has no config.json or no *.safetensors: save the model there again"
        )
    for file, expected in weights.items():
        if broken := _broken(file, expected if hashes else None):
            return wrong(about, f"{file} {broken}: copy or fetch it again")
    if key == "sentiment" and (unknown := _unknown_labels(folder, entry)):
        return wrong(
            about,
            f"nobody can tell what its labels mean ({', '.join(unknown)}): add polarity to "
            "[sentiment] in the catalog, see docs/models.md",
        )
    size = sum(file.stat().st_size for file in weights)
    return fine(about, f"{entry.model}, {decimal(size)}")


def _folder(entry: CatalogEntry) -> Path | None:
    """Where a model lies on this machine; None if it is not here."""
    if entry.model.startswith("pocket/"):
        spec = util.find_spec("workers")
        places = list(spec.submodule_search_locations or ()) if spec else []
        return Path(places[0]) / entry.model if places else None
    path = Path(entry.model).expanduser()
    if path.is_absolute():
        return path
    home = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser()
    cache = Path(os.environ.get("HF_HUB_CACHE", home / "hub"))
    snapshots = cache / f"models--{entry.model.replace('/', '--')}" / "snapshots"
    found = sorted(snapshots.glob(f"{entry.revision or ''}*"), key=lambda one: one.stat().st_mtime)
    return found[-1] if found else None


def _weights(folder: Path) -> dict[Path, str | None]:
    """A model's files of weights, that of its shared encoder included, each with its SHA-256 where
    that is known: the hub's cache calls a large file after it.
    """
    files = sorted(folder.glob("*.safetensors"))
    found: dict[Path, str | None] = {file: _sha256_in_name(file) for file in files}
    if (folder / _ENCODER).is_file():
        shared = json.loads((folder / _ENCODER).read_text("utf-8"))
        found[folder / shared["encoder"] / "model.safetensors"] = shared.get("sha256")
    return found


def _sha256_in_name(file: Path) -> str | None:
    name = file.resolve().name
    return name if len(name) == _SHA256 else None


def _broken(file: Path, sha256: str | None) -> str | None:
    """What is wrong with a file of weights; None if nothing is, as far as is looked at."""
    try:
        with file.open("rb") as weights:
            (length,) = _LENGTH.unpack(weights.read(_LENGTH.size))
            header: dict[str, Any] = json.loads(weights.read(length))
            ends = [one["data_offsets"][1] for name, one in header.items() if name[:2] != "__"]
            if file.stat().st_size != _LENGTH.size + length + max(ends, default=0):
                return "is not whole"
            weights.seek(0)
            if sha256 and hashlib.file_digest(weights, "sha256").hexdigest() != sha256:
                return "has another hash than it should"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    except (ValueError, KeyError, TypeError, struct.error, MemoryError, OverflowError):
        return "is no safetensors file"
    return None


def _unknown_labels(folder: Path, entry: CatalogEntry) -> list[str]:
    """Labels of which neither the name nor the catalog says what they mean."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    labels = [str(label) for label in config.get("id2label", {}).values()]
    if entry.scale is not None or not labels:
        return []
    known = known_values(labels) | entry.polarity
    return [label for label in labels if label not in known]
