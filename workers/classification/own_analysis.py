"""An analysis of the user's own: whatever classes the model has that the catalog names for it."""

from __future__ import annotations

from functools import cache

from workers.classification.analysis import ClassificationAnalysis


@cache
def own_analysis(name: str) -> type[ClassificationAnalysis]:
    """The class of an analysis of the user's own, which differs from others by its name alone."""
    return type(f"Own_{name}", (ClassificationAnalysis,), {"name": name, "__doc__": __doc__})
