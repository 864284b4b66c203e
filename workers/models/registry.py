"""The model registry: the models of this process, each loaded once, for all pairs it serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from schema.catalog import CatalogEntry

Model = TypeVar("Model")


class ModelRegistry(Generic[Model]):
    """Models by what they are loaded from.

    Args:
        load: Makes a model of a catalog entry, or raises `ModelError`.
    """

    def __init__(self, load: Callable[[CatalogEntry], Model]) -> None:
        self._load = load
        self._models: dict[str, Model] = {}

    def get(self, entry: CatalogEntry) -> Model:
        """Return the model of a catalog entry. It is loaded if it is the first with the same model,
        revision and options; what it calls languages is no matter. Not for two threads.

        Raises:
            ModelError: If it cannot be loaded.
        """
        key = entry.model_dump_json(exclude={"options": {"languages"}})
        if key not in self._models:
            self._models[key] = self._load(entry)
        return self._models[key]
