"""How a checkpoint of sentence-transformers makes one vector of a text: files beside the encoder.

    modules.json                          which modules come behind each other, if it is there
    1_Pooling/config.json                 mean over the tokens, or the first token
    2_Dense/config.json, model.safetensors  a linear layer, with an activation; none, one or more

A checkpoint without any of these is read as the mean over its tokens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from workers.models.checkpoint_files import WEIGHTS

#: What a vector is made of: all tokens of a row, or its first.
Pooling = Literal["mean", "cls"]
#: Which function follows a linear layer, by the last part of the class's name.
Activation = Literal["Identity", "Tanh"]

MODULES = "modules.json"
CONFIG = "config.json"
#: A folder of the checkpoint itself: else whoever wrote the file chooses what is read.
_FOLDER = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_.-]*")
_DEFAULT = {"1_Pooling": "Pooling", "2_Dense": "Dense"}
#: Says nothing that is not done anyway: vectors are of length 1.
_ASSUMED = ("Transformer", "Normalize")


class SentenceLayoutError(ValueError):
    """The modules of a checkpoint are broken, or are some that are not known here."""


@dataclass(frozen=True, slots=True)
class DenseFiles:
    """A linear layer behind the pooling.

    Attributes:
        folder: With its weights, `linear.weight` and `linear.bias`, in one safetensors file.
        inputs: Numbers of a vector that goes in.
        outputs: Numbers of one that comes out.
    """

    folder: Path
    inputs: int
    outputs: int
    bias: bool
    activation: Activation

    @property
    def weights(self) -> Path:
        """The one file that has them."""
        return self.folder / WEIGHTS


@dataclass(frozen=True, slots=True)
class SentenceLayout:
    """What comes behind the encoder.

    Attributes:
        dense: In the order in which they are applied.
    """

    pooling: Pooling
    dense: tuple[DenseFiles, ...]


def sentence_layout(folder: Path) -> SentenceLayout:
    """Read what comes behind the encoder of a checkpoint.

    Raises:
        SentenceLayoutError: If a file is broken or missing, or asks for what is not known here.
    """
    pooling: Pooling = "mean"
    dense = []
    for kind, path in _modules(folder):
        if kind == "Pooling":
            pooling = _pooling(_read(path / CONFIG))
        elif kind == "Dense":
            dense.append(_dense(path))
        elif kind not in _ASSUMED:
            raise SentenceLayoutError(f"{folder / MODULES} has a module {kind!r}, which is unknown")
    return SentenceLayout(pooling, tuple(dense))


def module_files(folder: Path) -> list[Path]:
    """The files in folders of its own that a checkpoint needs behind its encoder, there or not;
    none for one that is no checkpoint of sentence-transformers, or a broken one.
    """
    names = {"Pooling": (CONFIG,), "Dense": (CONFIG, WEIGHTS)}
    try:
        modules = [*_modules(folder)]
    except SentenceLayoutError:
        return []
    return [path / name for kind, path in modules for name in names.get(kind, ())]


def _modules(folder: Path) -> Iterator[tuple[str, Path]]:
    """Kind and folder of each module."""
    file = folder / MODULES
    if not file.is_file():
        for name, kind in _DEFAULT.items():
            if (folder / name / CONFIG).is_file():
                yield kind, folder / name
        return
    listed = _read(file)
    if not isinstance(listed, list):
        raise SentenceLayoutError(f"{file} is no list of modules")
    for one in listed:
        said = one if isinstance(one, dict) else {}
        path, named = said.get("path"), said.get("type")
        if not isinstance(path, str) or not isinstance(named, str):
            raise SentenceLayoutError(f"{file} does not say the path and the type of each module")
        if path and not _FOLDER.fullmatch(path):
            raise SentenceLayoutError(f"{file} names {path!r}, which is no folder beside it")
        yield named.rpartition(".")[2], folder / path


def _pooling(config: dict[str, Any]) -> Pooling:
    if config.get("include_prompt") is False:
        raise SentenceLayoutError("its pooling leaves out the prompt, which is not done here")
    named = config.get("pooling_mode")
    modes = [named] if isinstance(named, str) else _flags(config)
    if modes == ["mean"]:
        return "mean"
    if modes == ["cls"]:
        return "cls"
    raise SentenceLayoutError(
        f"its pooling is {' and '.join(modes) or 'none'}, and only mean or cls is known here"
    )


def _flags(config: dict[str, Any]) -> list[str]:
    """Older configurations have a switch for each mode."""
    return [
        key.removeprefix("pooling_mode_").removesuffix("_token").removesuffix("_tokens")
        for key, value in config.items()
        if key.startswith("pooling_mode_") and value
    ]


def _dense(folder: Path) -> DenseFiles:
    config = _read(folder / CONFIG)
    function = str(config.get("activation_function", "Tanh")).rpartition(".")[2]
    if function not in ("Identity", "Tanh"):
        raise SentenceLayoutError(f"{folder.name} has the activation {function}, which is unknown")
    try:
        inputs, outputs = int(config["in_features"]), int(config["out_features"])
    except (KeyError, TypeError, ValueError):
        raise SentenceLayoutError(f"{folder / CONFIG} does not say its features") from None
    if not (folder / WEIGHTS).is_file():
        raise SentenceLayoutError(f"{folder.name} has no {WEIGHTS}, and no other format is loaded")
    activation: Activation = "Tanh" if function == "Tanh" else "Identity"
    return DenseFiles(folder, inputs, outputs, bool(config.get("bias", True)), activation)


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise SentenceLayoutError(f"{file} cannot be read, or is no JSON") from None
