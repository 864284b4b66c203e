"""The models that write in this process: each is loaded once, however many pairs it serves."""

from __future__ import annotations

from schema.catalog import CatalogEntry
from workers.generation.model import Seq2SeqModel


class ModelRegistry:
    """Models by what they are loaded from.

    Args:
        device: `cpu` or `cuda:0`.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._models: dict[str, Seq2SeqModel] = {}

    def of(self, entry: CatalogEntry) -> Seq2SeqModel:
        """The model of a catalog entry, loaded if it is the first with the same model, revision and
        options; what it calls languages is no matter. Not for two threads.

        Raises:
            ModelError: If it cannot be loaded.
        """
        key = entry.model_dump_json(exclude={"options": {"languages"}})
        if key not in self._models:
            self._models[key] = Seq2SeqModel(entry, self._device)
        return self._models[key]
