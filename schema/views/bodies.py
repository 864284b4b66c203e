"""The SELECTs of views and rollups together, each behind those that it reads."""

from __future__ import annotations

from schema.views.rollup import ROLLUPS
from schema.views.view import VIEWS

#: Views that rollups are made of; the others may read rollups.
_BELOW = ("v_documents", "v_mentions", "v_answers", "v_classes", "v_results_current")


def bodies(*, plain: bool) -> dict[str, str]:
    """The SELECTs by name.

    Args:
        plain: Whether rollups are what they are made of, not what is stored.
    """
    below = {view.name: view.body for view in VIEWS if view.name in _BELOW}
    rollups = {one.name: one.plain if plain else one.view for one in ROLLUPS}
    return below | rollups | {view.name: view.body for view in VIEWS if view.name not in _BELOW}
