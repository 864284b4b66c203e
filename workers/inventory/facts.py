"""What is known of a model without loading it: from the catalog, and from files that are here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib import util
from pathlib import Path
from typing import Any

from schema.analyses import WRITING_ANALYSES
from workers.families import Way, way_of
from workers.inventory.card import Card, package_card, read_card
from workers.inventory.labels import Label, labels_of
from workers.inventory.named_model import PACKAGE, NamedModel
from workers.models.checkpoint import folder_here, is_of_hub
from workers.models.shared_encoder import EncoderReferenceError, named_encoder

#: What a catalog's model stands in front of, where there is one for each pair.
EACH_PAIR = "one for each pair of languages"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of a model.

    Attributes:
        name: Of the catalog's table.
        model: As the catalog has it.
        revision: The commit that is here, of a model of the hub; else what the catalog asks for.
        here: Whether it is on this machine; None where it stands for a model of each pair.
        bytes: Of its files.
        shared_bytes: Of those of the encoder that it shares with others.
        licence: By its card; None if that is not here, or does not say.
        languages: That it reads, by the catalog or else by its card; none if neither says.
        labels: With what they mean.
        way: How it is computed; None if it is not here, or would be refused.
        precision: That the catalog asks for.
        options: What else the catalog says of how it is run.
        adapter: A folder, where one is merged into it.
    """

    name: str
    model: str
    revision: str | None
    here: bool | None
    bytes: int
    shared_bytes: int
    licence: str | None
    languages: tuple[str, ...]
    labels: list[Label]
    way: Way | None
    precision: str
    options: dict[str, Any]
    adapter: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def facts_of(named: NamedModel) -> ModelFacts:
    """Look at a model's files, without loading it and without the network."""
    entry = named.entry
    if entry.model == PACKAGE:
        return _facts(named, None, package_card(PACKAGE), here=util.find_spec(PACKAGE) is not None)
    if named.every_pair:
        return _facts(named, None, Card(), here=None)
    folder = folder_here(entry)
    card = read_card(folder) if folder else Card()
    return _facts(named, folder, card, here=folder is not None)


def _facts(named: NamedModel, folder: Path | None, card: Card, *, here: bool | None) -> ModelFacts:
    entry, pair = named.entry, named.pair
    config = _configuration(folder)
    of_hub = folder is not None and is_of_hub(entry)
    return ModelFacts(
        name=named.name,
        model=entry.model,
        revision=folder.name if folder is not None and of_hub else entry.revision,
        here=here,
        bytes=folder_bytes(folder) if folder else 0,
        shared_bytes=_shared_bytes(folder) if folder else 0,
        licence=card.licence,
        languages=entry.languages or pair or card.languages,
        labels=labels_of(named.analysis, entry, config) if config else [],
        way=_way(named, config),
        precision=entry.options.precision,
        options=entry.options.model_dump(exclude_defaults=True, exclude={"precision"}),
        adapter=entry.adapter,
    )


def _configuration(folder: Path | None) -> dict[str, Any]:
    try:
        read = json.loads((folder / "config.json").read_text("utf-8")) if folder else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _way(named: NamedModel, config: dict[str, Any]) -> Way | None:
    if not config:
        return None
    kind = str(config.get("model_type"))
    writes = named.analysis in WRITING_ANALYSES
    if named.analysis == "summary" and way_of(kind, writes=True) is None:
        writes = False  # an encoder chooses sentences
    return way_of(kind, writes=writes)


def folder_bytes(folder: Path) -> int:
    """The size of all files in a folder, those in folders of it included."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _shared_bytes(folder: Path) -> int:
    try:
        encoder = named_encoder(folder)
    except EncoderReferenceError:
        return 0
    return folder_bytes(encoder) if encoder and encoder.is_dir() else 0
