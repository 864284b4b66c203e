"""The analyses: one module each, named as the analysis is. Adding one is adding a file."""

from __future__ import annotations

import importlib
import inspect
from importlib.util import find_spec

from schema.analyses import BUILT_IN
from schema.catalog import Catalog
from workers.analysis import Analysis
from workers.errors import ModelError
from workers.models.registry import ModelRegistry
from workers.own_labels.kinds import own_analysis


def load_analysis(
    name: str, catalog: Catalog, device: str, models: ModelRegistry | None = None
) -> Analysis:
    """An analysis with its model warm, whose results can be stored; see `try_analysis`.

    Raises:
        ModelError: Also if nobody can tell what the model's answers mean.
    """
    analysis = try_analysis(name, catalog, device, models)
    if analysis.unclear is not None:
        raise ModelError(analysis.unclear)
    return analysis


def try_analysis(
    name: str, catalog: Catalog, device: str, models: ModelRegistry | None = None
) -> Analysis:
    """An analysis with its model warm: of the one subclass of `Analysis` that its module defines.
    Whoever wants to find out what its answers mean has to see some first.

    Args:
        name: As `schema.analyses.ANALYSES` has it; of an analysis of the user's own, the catalog's
            [classify.NAME].
        catalog: Where it finds its model.
        device: `cpu` or `cuda:0`.
        models: Keeps the weights of all analyses of this process; None for no bound.

    Raises:
        CatalogError: If the catalog has no model for it.
        ModelError: If the model cannot be loaded.
    """
    module_name = f"workers.analyses.{name}"
    if name not in BUILT_IN and find_spec(module_name) is None:
        return _of_catalog(own_analysis(name), catalog, device, models)
    module = importlib.import_module(module_name)
    kinds = [
        kind
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Analysis) and kind.__module__ == module.__name__
    ]
    if len(kinds) != 1 or kinds[0].name != name:
        raise TypeError(
            f"{module.__name__} must define one subclass of Analysis, with name = {name!r}"
        )
    return _of_catalog(kinds[0], catalog, device, models)


def _of_catalog(
    kind: type[Analysis], catalog: Catalog, device: str, models: ModelRegistry | None
) -> Analysis:
    analysis = kind.for_catalog(catalog)(catalog, device, models)
    analysis.languages = catalog.languages(analysis.name)
    return analysis
