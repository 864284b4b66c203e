"""The base: the checkpoint that a training begins with, and what is known of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import AutoModel

from schema.catalog import Catalog, CatalogEntry
from workers.calibrate.examples import DataError
from workers.models.checkpoint import Checkpoint, locate
from workers.models.configuration import (
    ConfigurationError,
    check_configuration,
    read_configuration,
)

#: The name of the encoder that the built-in models share, and where it lies.
POCKET, POCKET_ENCODER = "pocket", "pocket/encoder"

_LICENCE = re.compile(r"^license:\s*(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Base:
    """A checkpoint to begin with.

    Attributes:
        name: As it was asked for.
        entry: Of a catalog, or as a catalog would have it.
        checkpoint: On this machine.
    """

    name: str
    entry: CatalogEntry
    checkpoint: Checkpoint

    @property
    def licence(self) -> str:
        """What its card says, or that of the encoder that it is a head of."""
        folders = [self.checkpoint.folder]
        if self.checkpoint.encoder is not None:
            folders.append(self.checkpoint.encoder.folder)
        for folder in folders:
            try:
                card = (folder / "README.md").read_text("utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            if found := _LICENCE.search(card.partition("\n---")[0]):
                return found[1].strip()
        return "not stated"

    @property
    def model_name(self) -> str:
        """As the catalog names the model."""
        return self.entry.model


def find_base(named: str, catalog: Catalog, auto_model_class: Any) -> Base:
    """Find what `--base` names, and make sure that it can learn the task.

    Args:
        named: `pocket`, an analysis that the catalog has a model for, a folder, or a model of the
            hub, with `@revision` behind it or without.
        catalog: Of `--models`.
        auto_model_class: Of Transformers, with the head of the task.

    Raises:
        DataError: If it cannot be the base of such a model.
        CatalogError: If the catalog is asked for an analysis that it has not.
        ModelError: If the checkpoint is not there.
    """
    entry = _entry(named, catalog)
    base = Base(named, entry, locate(entry))
    folder = base.checkpoint.folder
    try:
        check_configuration(folder, AutoModel)
        kind = read_configuration(folder).get("model_type")
    except ConfigurationError as error:
        raise DataError(f"--base {named}: {error}") from None
    config_classes = auto_model_class._model_mapping.keys()
    if kind not in {one.model_type for one in config_classes}:
        task = auto_model_class.__name__.removeprefix("AutoModelFor")
        raise DataError(
            f"--base {named}: Transformers has no {task} of model_type {kind!r}; give an encoder, "
            f"as --base {POCKET}, a folder, or a BERT of the hub"
        )
    return base


def _entry(named: str, catalog: Catalog) -> CatalogEntry:
    if named == POCKET:
        return CatalogEntry(model=POCKET_ENCODER)
    path = Path(named).expanduser()
    if named.startswith((".", "/", "~")) or path.is_dir():
        return CatalogEntry(model=str(path.resolve()))
    if "/" not in named:
        return catalog.entry(named)
    model, _, revision = named.partition("@")
    return CatalogEntry(model=model, revision=revision or None)
