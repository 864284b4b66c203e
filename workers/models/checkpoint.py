"""Where the checkpoint of a catalog entry lies on this machine, and exactly which revision it is.

Three kinds of `model`: `pocket/x` ships inside this package, an absolute path is a local folder,
anything else is an id on the model hub.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from schema.catalog import CatalogEntry
from workers.errors import ModelError
from workers.models.adapter import Adapter, AdapterError, adapter_of
from workers.models.checkpoint_files import (
    ADAPTER,
    INDEX,
    TOKENIZER_FILES,
    WEIGHTS,
    ShardIndexError,
    has_tokenizer,
    weight_files,
)
from workers.models.sentence_layout import module_files
from workers.models.shared_encoder import (
    REFERENCE,
    EncoderReferenceError,
    SharedEncoder,
    encoder_of,
)

_POCKET = "pocket/"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder with configuration, safetensors weights and tokenizer; of a head, perhaps without.

    Attributes:
        revision: The commit of a hub model, or `sha256:` and 12 hex digits of local weights, those
            of a shared encoder among them.
        encoder: That the weights of a head belong to; None if the checkpoint is whole by itself.
        adapter: To be merged into it; its hash is a part of the revision, behind a `+`.
    """

    folder: Path
    revision: str
    encoder: SharedEncoder | None = None
    adapter: Adapter | None = None

    @property
    def tokenizer_folder(self) -> Path:
        """Where the tokenizer is: a head without its own has that of its encoder."""
        if self.encoder is not None and not has_tokenizer(self.folder):
            return self.encoder.folder
        return self.folder


def locate(entry: CatalogEntry) -> Checkpoint:
    """Find the checkpoint; one of the hub is fetched into the local cache if it is not there yet.

    Raises:
        ModelError: If the folder is missing or has no safetensors weights, or if the model is not
            in the cache while the hub is out of reach, if its index names files elsewhere, or if
            it is a head whose encoder is not there.
    """
    try:
        return _with_adapter(_located(entry), adapter_of(entry))
    except AdapterError as error:
        raise ModelError(f"model {entry.model!r}: {error}") from None
    except ShardIndexError as error:
        raise ModelError(
            f"model {entry.model!r}: {error}; save the model with safetensors into one folder, or "
            "name another `model` in the catalog that TRIAGE_MODELS names"
        ) from None
    except EncoderReferenceError as error:
        raise ModelError(
            f"model {entry.model!r}: {error}; copy the model anew, together with the encoder that "
            "it came with, or name another `model` in the catalog that TRIAGE_MODELS names"
        ) from None


def _with_adapter(checkpoint: Checkpoint, adapter: Adapter | None) -> Checkpoint:
    if adapter is None:
        return checkpoint
    if checkpoint.encoder is not None:
        raise AdapterError(
            f"it is a head on an encoder that others share, and takes no adapter ({adapter.folder})"
            "; leave `adapter` out of the catalog that TRIAGE_MODELS names, or name a model that "
            "is whole by itself"
        )
    revision = f"{checkpoint.revision}+sha256:{adapter.sha256}"
    return replace(checkpoint, revision=revision, adapter=adapter)


def folder_here(entry: CatalogEntry) -> Path | None:
    """Where a checkpoint lies on this machine; None if it is not here. Nothing is fetched, and
    nothing looked into.
    """
    if folder := _own_folder(entry):
        return folder if folder.is_dir() else None
    from workers.models.hub import cached_folder

    return cached_folder(entry)


def is_of_hub(entry: CatalogEntry) -> bool:
    """Whether a model is of the hub: it neither comes with the project nor is a folder."""
    return _own_folder(entry) is None


def _own_folder(entry: CatalogEntry) -> Path | None:
    """The folder of a model that comes with the project or is named by its path."""
    if entry.model.startswith(_POCKET):
        return Path(__file__).parents[1] / entry.model
    path = Path(entry.model).expanduser()
    return path if path.is_absolute() else None


def _located(entry: CatalogEntry) -> Checkpoint:
    if (folder := _own_folder(entry)) and entry.model.startswith(_POCKET):
        fix = "reinstall the project, or set TRIAGE_MODELS to 'hub' or to a catalog of your own"
        return _local(entry, folder, fix)
    if folder:
        fix = "correct `model` in the catalog that TRIAGE_MODELS names"
        return _local(entry, folder, fix)
    from workers.models.hub import hub_folder

    folder = hub_folder(entry)
    # What has just been fetched is of strangers as well.
    weight_files(folder)
    if (folder / REFERENCE).exists():
        # Beside a snapshot of the hub's cache lie other revisions, and no other model.
        raise EncoderReferenceError("it is a head whose encoder the hub does not give with it")
    return Checkpoint(folder, revision=folder.name)


def _local(entry: CatalogEntry, folder: Path, fix: str) -> Checkpoint:
    if not (folder / "config.json").is_file():
        raise ModelError(f"model {entry.model!r}: {_without_configuration(folder)}; {fix}")
    weights = weight_files(folder)
    modules = [file for file in module_files(folder) if file.is_file()]
    if not weights and not (modules and (folder / REFERENCE).is_file()):
        raise ModelError(
            f"model {entry.model!r}: the folder {folder} holds no {WEIGHTS}{_other_weights(folder)}"
            f", and no other format of weights is loaded; save the model with safetensors, or {fix}"
        )
    encoder = encoder_of(folder)
    if not (has_tokenizer(folder) or (encoder and has_tokenizer(encoder.folder))):
        raise ModelError(
            f"model {entry.model!r}: the folder {folder} holds no tokenizer (none of "
            f"{', '.join(TOKENIZER_FILES)}); save the model's tokenizer beside it, or {fix}"
        )
    digest = hashlib.sha256()
    for file in [*weights, *modules]:
        with file.open("rb") as content:
            while block := content.read(1 << 20):
                digest.update(block)
    if encoder:
        digest.update(encoder.sha256.encode("ascii"))
    return Checkpoint(folder, f"sha256:{digest.hexdigest()[:12]}", encoder)


def _other_weights(folder: Path) -> str:
    """Which files of weights there are that nothing leads to."""
    if not (found := sorted(file.name for file in folder.glob("*.safetensors"))):
        return ""
    return f", but {', '.join(found[:3])} without the {INDEX} that says what is in which"


def _without_configuration(folder: Path) -> str:
    """What there is in the place of a checkpoint."""
    if folder.is_file():
        return f"{folder} is a file, and not a folder with config.json and weights"
    if not folder.is_dir():
        return f"the folder {folder} does not exist"
    if (folder / ADAPTER).is_file():
        return (
            f"the folder {folder} holds an adapter (PEFT, LoRA: {ADAPTER}) without config.json: "
            "name the model that it was trained on as `model`, and this folder as `adapter`"
        )
    within = sorted(path.parent.name for path in folder.glob("*/config.json"))
    hint = f", but {', '.join(within[:3])} in it does" if within else ""
    return f"the folder {folder} holds no config.json{hint}"


__all__ = ["Checkpoint", "ModelError", "has_tokenizer", "locate", "weight_files"]
