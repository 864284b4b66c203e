"""The engines of one process by analysis: loaded when they are first asked for, then kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from schema.catalog import Catalog
from schema.results.language import LanguageRow
from schema.settings import Settings
from workers.runtime.importing import importing
from workers.runtime.threads import limit_threads

if TYPE_CHECKING:
    from workers.engine.engine import Engine
    from workers.models.registry import ModelRegistry

#: The analysis that finds the language of a text.
LANGUAGE = LanguageRow.analysis


class LoadedEngines:
    """Engines whose models are in the memory of this process.

    Args:
        catalog: Which models.
        device: `cpu`, `cuda:0`, …; the first GPU that is visible, else the CPU, when `auto`.
        config: For the number of threads, and what models may take of the memory.

    Attributes:
        notes: What is worth knowing of models that were loaded, a sentence each.
    """

    def __init__(self, catalog: Catalog, device: str, config: Settings) -> None:
        self._catalog = catalog
        self._device = device
        self._config = config
        self._models: ModelRegistry | None = None
        self._engines: dict[str, Engine] = {}
        self.notes: list[str] = []

    def load(self, analyses: Sequence[str]) -> Mapping[str, Engine]:
        """The engines of some analyses, and that of `language`, if the catalog has it: of a text
        without a language it is found, as in a run.

        Raises:
            CatalogError: If the catalog has no model for one of them.
            ModelError: If a model cannot be loaded.
        """
        by_language = LANGUAGE in self._catalog.served and LANGUAGE not in analyses
        wanted = (LANGUAGE, *analyses) if by_language else tuple(analyses)
        models = self._registry()
        # Here and not above: it imports torch.
        from workers.analyses import try_analysis
        from workers.engine.engine import Engine
        from workers.engine.sharing import share_encoders

        missing = [name for name in wanted if name not in self._engines]
        for name in missing:
            analysis = try_analysis(name, self._catalog, self._device, models)
            if analysis.unclear is not None:
                # How they turn out on some texts says what they mean; a run would refuse it.
                self.notes.append(f"{name} has labels and scores alone: {analysis.unclear}")
            self._engines[name] = Engine(analysis)
        if missing:
            share_encoders(self._engines)
        return {name: self._engines[name] for name in wanted}

    def _registry(self) -> ModelRegistry:
        if self._models is None:
            # All that `load` needs, too.
            with importing():
                limit_threads(self._config.threads)
                import torch

                import workers.analyses  # noqa: F401
                from workers.models.budget import model_budget
                from workers.models.registry import ModelRegistry

            if self._device == "auto":
                self._device = "cuda:0" if torch.cuda.is_available() else "cpu"
            budget = model_budget(self._config.model_memory, self._device, processes=1)
            self._models = ModelRegistry(budget)
        return self._models
