"""The table [reply]: a model that writes replies, or a library in which that of [embedding] finds
them.
"""

from __future__ import annotations

from typing import Any

from schema.catalog.catalog import CatalogError


def reply_table(name: str, own: dict[str, Any], tables: dict[str, Any]) -> dict[str, Any]:
    """The table [reply], with the model of [embedding] where it has none that writes.

    Args:
        name: Of the catalog.
        own: The table as the catalog has it.
        tables: All its tables.

    Raises:
        CatalogError: If what it says does not go together.
    """
    finder = tables.get("embedding")
    if "model" in own:
        if "replies" in own:
            raise CatalogError(
                f"catalog {name!r}, [reply] replies: its model writes replies, and a library is to "
                "be searched by that of [embedding]; leave out model or replies"
            )
        if "calibration" in own:
            raise CatalogError(
                f"catalog {name!r}, [reply] calibration: a model that writes has none; leave it out"
            )
        return own
    if not isinstance(finder, dict):
        raise CatalogError(
            f"catalog {name!r}, [reply]: name a model that writes, as model = …, or in an "
            "[embedding] table one that finds replies in a library"
        )
    if "instructions" in own:
        raise CatalogError(
            f"catalog {name!r}, [reply] instructions: they are for a model that writes; add model "
            "= … or leave them out"
        )
    return {key: one for key, one in finder.items() if key != "calibration"} | own
