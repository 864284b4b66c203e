"""What a model's card says: the `README.md` beside a checkpoint, as the hub has it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

CARD = "README.md"


@dataclass(frozen=True, slots=True)
class Card:
    """Attributes:
    licence: As the card writes it, e.g. `apache-2.0`; None if it says none.
    languages: Codes.
    """

    licence: str | None = None
    languages: tuple[str, ...] = ()


def read_card(folder: Path) -> Card:
    """The card in a folder; an empty one if there is none, or none that can be read."""
    from huggingface_hub import metadata_load

    try:
        said: Any = metadata_load(folder / CARD)
    except Exception:  # whatever the YAML of a stranger raises
        said = None
    if not isinstance(said, dict):
        return Card()
    licence = said.get("license")
    if licence == "other":
        licence = said.get("license_name") or licence
    spoken = said.get("language")
    listed = spoken if isinstance(spoken, list) else [spoken]
    return Card(
        ", ".join(map(str, licence)) if isinstance(licence, list) else licence and str(licence),
        tuple(one for one in listed if isinstance(one, str)),
    )


def package_card(name: str) -> Card:
    """The card of a model that is a package; empty if it is not installed."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return Card()
    said = [about[name] for name in ("License-Expression", "License") if name in about]
    return Card(said[0].partition("\n")[0] or None if said else None)
