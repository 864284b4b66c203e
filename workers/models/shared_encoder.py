"""The encoder that a head's checkpoint takes its weights from, where several heads share one.

Such a checkpoint is an ordinary folder of Transformers whose `model.safetensors` holds the head
alone. A file `encoder.json` beside it names the folder of the encoder, and the one file of weights
that the head was trained on:

    {"encoder": "../encoder", "sha256": "9f86d081…"}

Where the head's folder has no tokenizer, that in the encoder's folder is taken.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers.models.checkpoint_files import WEIGHTS

#: Makes a folder that of a head.
REFERENCE = "encoder.json"

#: A folder beside the head's own, and no other: else whoever wrote the file chooses what is read of
#: this machine.
_BESIDE = re.compile(r"\.\./(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)")
_SHA256 = re.compile(r"[0-9a-f]{64}")
#: What the configurations of an encoder and of its heads do not have in common.
_OWN = {"architectures", "dtype", "torch_dtype", "transformers_version", "_name_or_path"}


class EncoderReferenceError(ValueError):
    """A head's encoder is not there, or is another one. One sentence without the fix; `locate` adds
    that and the model.
    """


@dataclass(frozen=True, slots=True)
class SharedEncoder:
    """An encoder that heads share.

    Attributes:
        folder: With its `config.json` and its weights.
        sha256: Of the file of weights, 64 hex digits.
    """

    folder: Path
    sha256: str

    @property
    def weights(self) -> Path:
        """The one file that has them."""
        return self.folder / WEIGHTS


def encoder_of(folder: Path) -> SharedEncoder | None:
    """The encoder that a head's checkpoint names; None for a checkpoint that is whole by itself.

    Args:
        folder: Of the checkpoint.

    Raises:
        EncoderReferenceError: If the reference is broken or leads elsewhere, or if the encoder is
            not the one that the head was trained on.
    """
    reference = folder / REFERENCE
    if not reference.exists():
        return None
    name, sha256 = _read(reference)
    encoder = SharedEncoder(folder.resolve().parent / name, sha256)
    # A link may lead elsewhere all the same.
    if encoder.weights.resolve().parent != encoder.folder:
        raise EncoderReferenceError(f"{encoder.weights} is not there")
    found = sha256_of(encoder.weights)
    if found != sha256:
        raise EncoderReferenceError(
            f"it was trained on an encoder with sha256 {sha256[:12]}…, and {encoder.weights} has "
            f"{found[:12]}…"
        )
    _check_same_shape(folder, encoder.folder)
    return encoder


def named_encoder(folder: Path) -> Path | None:
    """The folder of the encoder that a head's checkpoint names, not looked into.

    Raises:
        EncoderReferenceError: If the reference is broken.
    """
    reference = folder / REFERENCE
    if not reference.exists():
        return None
    return folder.resolve().parent / _read(reference)[0]


def sha256_of(file: Path) -> str:
    """The hash of a file's content.

    Raises:
        EncoderReferenceError: If it cannot be read.
    """
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        raise EncoderReferenceError(f"{file} cannot be read") from None


def _read(reference: Path) -> tuple[str, str]:
    """Name of the folder, and hash of the weights."""
    told = _read_json(reference)
    path, sha256 = told.get("encoder"), told.get("sha256")
    if not isinstance(path, str) or not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise EncoderReferenceError(
            f'{reference} does not say which encoder it is of, as in {{"encoder": "../encoder", '
            '"sha256": "…"}'
        )
    beside = _BESIDE.fullmatch(path)
    if beside is None:
        raise EncoderReferenceError(
            f"{reference} names {path!r}, which is no folder beside the model's own and is not read"
        )
    return beside["name"], sha256


def _check_same_shape(head: Path, encoder: Path) -> None:
    """The layers are built by the head's configuration, and shared by all heads."""
    own, shared = _read_json(head / "config.json"), _read_json(encoder / "config.json")
    differing = [name for name in sorted(shared.keys() - _OWN) if own.get(name) != shared[name]]
    if differing:
        raise EncoderReferenceError(
            f"{head / 'config.json'} says otherwise than that of its encoder in {differing[0]}"
        )


def _read_json(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise EncoderReferenceError(f"{file} cannot be read, or is no JSON") from None
    if not isinstance(told, dict):
        raise EncoderReferenceError(f"{file} is no JSON object")
    return told
