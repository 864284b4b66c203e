"""Fetching the models of a catalog, one after the other; what fails keeps none of the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.filesize import decimal

from workers.errors import ModelError
from workers.inventory.card import CARD
from workers.inventory.facts import EACH_PAIR, folder_bytes
from workers.inventory.named_model import PACKAGE, NamedModel
from workers.models.checkpoint import folder_here, is_of_hub


@dataclass(frozen=True, slots=True)
class Pulled:
    """What became of a model.

    Attributes:
        name: Of the catalog's table.
        model: As the catalog has it.
        status: `fetched`, `here` already, `none` where there is nothing to fetch, or `failed`.
        said: In words; of what failed also what to do.
        revision: The commit that is here.
        bytes: Of its files.
    """

    name: str
    model: str
    status: str
    said: str
    revision: str | None = None
    bytes: int = 0

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def pull(named: NamedModel, begins: Callable[[str], None]) -> Pulled:
    """Have a model on this machine.

    Args:
        named: The model.
        begins: Told a sentence before something is fetched.
    """
    entry = named.entry
    if entry.model == PACKAGE or named.every_pair:
        said = "a package" if entry.model == PACKAGE else _each_pair(named)
        return Pulled(named.name, entry.model, "none", said)
    if not is_of_hub(entry):
        if folder := folder_here(entry):
            return Pulled(named.name, entry.model, "none", f"a folder, {folder}")
        return Pulled(
            named.name,
            entry.model,
            "failed",
            f"the folder {entry.model} does not exist; correct `model` in the catalog, or copy "
            "the model there",
        )
    from workers.models.hub import hub_folder

    before = folder_here(entry)
    if before is None:
        at = f" at {entry.revision}" if entry.revision else ""
        begins(f"{named.name}: fetching {entry.model}{at}")
    try:
        folder = hub_folder(entry)
    except ModelError as error:
        return Pulled(named.name, entry.model, "failed", str(error))
    _fetch_card(entry.model, folder)
    size = folder_bytes(folder)
    status = "here" if before else "fetched"
    said = f"{'here already' if before else 'fetched'}, revision {folder.name}, {decimal(size)}"
    return Pulled(named.name, entry.model, status, said, folder.name, size)


def _each_pair(named: NamedModel) -> str:
    return f"{EACH_PAIR}: name one, as in triage models pull {named.name}.en-de"


def _fetch_card(model: str, folder: Path) -> None:
    """The card has the licence; a model without one is whole all the same."""
    if (folder / CARD).exists():
        return
    from huggingface_hub import hf_hub_download

    try:
        hf_hub_download(model, CARD, revision=folder.name, etag_timeout=5)
    except Exception:  # away, offline, or there is none
        return
