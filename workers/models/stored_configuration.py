"""The configuration of a checkpoint, with every value that stands in its `config.json`.

Transformers 5 checks the types of values, and refuses a file that 4.57.6 read: `null` where it
expects a number, 1 where it expects 1.0. Such values are kept as they stand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from huggingface_hub.errors import StrictDataclassError
from transformers import CONFIG_MAPPING

from schema.catalog import CatalogEntry
from workers.errors import ModelError
from workers.models.checkpoint import locate
from workers.models.configuration import (
    ConfigurationError,
    check_configuration,
    read_configuration,
)
from workers.models.older_settings import as_read_before

_ONE_LABEL = "single_label_classification"
#: How attention was computed where the checkpoint was saved.
_OF_A_MACHINE = ("attn_implementation", "_attn_implementation", "_attn_implementation_internal")
#: What is refused where it says something, and stumbled over where it says nothing.
_EMPTY = ("auto_map", "quantization_config")


def configuration_of(entry: CatalogEntry) -> Any:
    """The configuration of a model of the catalog, for whoever has to know what it is before it is
    loaded.

    Raises:
        ModelError: If it is not there, or would be refused whatever it is loaded as.
    """
    checkpoint = locate(entry)
    adapter = checkpoint.adapter.folder if checkpoint.adapter else None
    try:
        check_configuration(checkpoint.folder, None, adapter)
        return stored_configuration(checkpoint.folder)
    except ConfigurationError as error:
        raise ModelError(f"model {entry.model!r}: {error}") from None
    except (StrictDataclassError, TypeError, ValueError) as error:
        said = " ".join(str(error).split()) or type(error).__name__
        raise ModelError(
            f"model {entry.model!r}: Transformers cannot read its config.json ({said}); name "
            "another `model` in the catalog that TRIAGE_MODELS names"
        ) from error


def stored_configuration(folder: Path) -> Any:
    """Read the configuration in a folder, that of Transformers.

    Args:
        folder: Of a checkpoint whose `config.json` names a `model_type` that is known.

    Raises:
        ConfigurationError: If it is no JSON object.
        StrictDataclassError: If Transformers cannot make a configuration of it; or ValueError,
            TypeError.
    """
    said = as_read_before(read_configuration(folder))
    kind: Any = CONFIG_MAPPING[said["model_type"]]
    names = kind.attribute_map
    if isinstance(said.get("id2label"), dict):
        # Else Transformers 5 makes up other names where the two differ.
        said.pop("num_labels", None)
    for key in (*_OF_A_MACHINE, *_EMPTY):
        said.pop(key, None)
    kept = {key: value for key, value in said.items() if not _passes(kind, key, value)}
    if said.get("problem_type") == _ONE_LABEL and _labels(said) == 1:
        # 4.57.6 went by the number of labels, and took it for a probability.
        kept["problem_type"] = _ONE_LABEL
    taken = {key: value for key, value in said.items() if key not in kept}
    config = kind.from_dict(taken, name_or_path=str(folder))
    vars(config).update({names.get(key, key): value for key, value in kept.items()})
    return config


def _passes(kind: Any, key: str, value: Any) -> bool:
    """Whether a plain value, no text and no list, is of the type that Transformers 5 expects."""
    if not (value is None or isinstance(value, bool | int | float)):
        return True
    for check in getattr(kind, "__validators__", {}).get(kind.attribute_map.get(key, key), ()):
        try:
            check(value)
        except (TypeError, ValueError):
            return False
    return True


def _labels(said: dict[str, Any]) -> int:
    names = said.get("id2label")
    return len(names) if isinstance(names, dict) else int(said.get("num_labels") or 2)
