"""Applications for tests whose analyses differ from those that are shipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schema.catalog import Catalog
from workers import analyses
from workers.analysis import Analysis
from workers.models.registry import ModelRegistry


def change_loaded_analyses(change: Callable[[Analysis], Analysis]) -> None:
    """Have the children of this process compute with what `change` makes of each analysis that they
    load.
    """
    load_analysis = analyses.load_analysis

    def load_changed(
        name: str, catalog: Catalog, device: str, models: ModelRegistry | None = None
    ) -> Analysis:
        return change(load_analysis(name, catalog, device, models))

    # A child looks it up here when it loads its models.
    analyses.load_analysis = load_changed


def put_before(kind: type[Any], analysis: Analysis) -> Analysis:
    """Have an analysis use the methods of `kind`, whose `super()` is its own."""
    own = type(analysis)
    analysis.__class__ = type(own.__name__, (kind, own), {})
    return analysis
