"""The shipped Celery application, whose models fall for planted documents.

`celery -A tests.chaos.worker worker …`
"""

from __future__ import annotations

from schema.catalog import Catalog
from tests.chaos.sabotage import sabotage
from workers import analyses
from workers.analysis import Analysis
from workers.celery import app
from workers.models.registry import ModelRegistry

_load_analysis = analyses.load_analysis


def _load_vulnerable(
    name: str, catalog: Catalog, device: str, models: ModelRegistry | None = None
) -> Analysis:
    return sabotage(_load_analysis(name, catalog, device, models))


# A child looks it up here when it loads its models.
analyses.load_analysis = _load_vulnerable

__all__ = ["app"]
