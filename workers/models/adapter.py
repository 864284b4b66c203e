"""Adapters of PEFT (LoRA and its kin), and whether they belong to the model beside them.

A folder with `adapter_config.json` and `adapter_model.safetensors`, as `save_pretrained` of a
`PeftModel` writes it. A `config.json` beside them, if there is one, says what the labels are called
that a head in the adapter gives.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schema.catalog import CatalogEntry
from workers.models.checkpoint_files import ADAPTER

WEIGHTS = "adapter_model.safetensors"
#: Kinds of PEFT that add to weights, and so can be merged; prompts and prefixes cannot.
MERGEABLE = ("ADALORA", "BOFT", "HRA", "IA3", "LOHA", "LOKR", "LORA", "OFT", "VERA")
#: The hub's cache, as a path of a base that was loaded from it.
_CACHED = re.compile(r"models--([^/]+?)--([^/]+)/snapshots")
_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+")
CONFIG = "config.json"


class AdapterError(ValueError):
    """An adapter cannot be used with its model. One sentence with the fix, without the model."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """Attributes:
    folder: With its configuration and weights.
    sha256: 12 hex digits over both.
    """

    folder: Path
    sha256: str

    @property
    def weights(self) -> Path:
        """The file that has them."""
        return self.folder / WEIGHTS


def adapter_of(entry: CatalogEntry) -> Adapter | None:
    """The adapter that a catalog entry names; None if it names none.

    Raises:
        AdapterError: If it is not there, cannot be merged, or was trained on another model.
    """
    if entry.adapter is None:
        return None
    folder = Path(entry.adapter).expanduser()
    told = _read(folder / ADAPTER)
    if not (folder / WEIGHTS).is_file():
        raise AdapterError(
            f"the folder {folder} of its adapter holds no {WEIGHTS}, and no other format of "
            "weights is loaded; save the adapter with safetensors (save_pretrained of peft)"
        )
    kind = str(told.get("peft_type"))
    if kind not in MERGEABLE:
        raise AdapterError(
            f"its adapter {folder} is of the kind {kind}, which cannot be merged into a model; "
            f"train one of {', '.join(MERGEABLE)}"
        )
    _check_base(entry, folder, told.get("base_model_name_or_path"))
    digest = hashlib.sha256()
    for name in (ADAPTER, WEIGHTS, CONFIG):
        if (folder / name).is_file():
            digest.update((folder / name).read_bytes())
    return Adapter(folder, digest.hexdigest()[:12])


def _read(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        told = None
    if isinstance(told, dict):
        return told
    raise AdapterError(
        f"{file} of its adapter is not there, or is no JSON object; correct `adapter` in the "
        "catalog that TRIAGE_MODELS names: it is a folder that save_pretrained of peft has written"
    )


def _check_base(entry: CatalogEntry, folder: Path, base: object) -> None:
    """Refuse the adapter of another model: weights of equal shapes would be merged all the same."""
    if not isinstance(base, str) or not base:
        return
    cached = _CACHED.search(base)
    trained_on = f"{cached[1]}/{cached[2]}" if cached else base
    own = entry.model
    if _HUB_ID.fullmatch(own) and _HUB_ID.fullmatch(trained_on):
        is_same = own == trained_on
    else:
        # One of them is a copy on this machine; its folder is called as the model is.
        is_same = Path(own).name.casefold() == Path(trained_on).name.casefold()
    if not is_same:
        raise AdapterError(
            f"its adapter {folder} was trained on {trained_on!r}, which is another model: name "
            f"that as `model`; or, if this is a copy of it, correct base_model_name_or_path in "
            f"{folder / ADAPTER}"
        )


def name_labels(config: Any, adapter: Adapter) -> None:
    """Give a base's configuration the labels of the adapter's head, where a `config.json` beside
    the adapter says them.
    """
    if not (adapter.folder / CONFIG).is_file():
        return
    told = _read(adapter.folder / CONFIG)
    if told.get("model_type") != config.model_type:
        raise AdapterError(
            f"{adapter.folder / CONFIG} beside its adapter is of the model_type "
            f"{told.get('model_type')!r}, and the model's is {config.model_type!r}; name the model "
            "that the adapter was trained on"
        )
    labels = told.get("id2label")
    if isinstance(labels, dict) and labels:
        config.id2label = {int(number): str(name) for number, name in labels.items()}
        config.label2id = {name: number for number, name in config.id2label.items()}
    if told.get("problem_type"):
        config.problem_type = told["problem_type"]
