"""Getting to know the analyses of the user's own that a catalog names."""

from __future__ import annotations

from schema.catalog.catalog import CatalogError
from schema.catalog.loading import load_catalog


def learn_analyses(models: str) -> None:
    """Add what a catalog names under [classify] to the analyses that this process knows.

    A catalog that cannot be read adds nothing: who needs its models says what is wrong with it.

    Args:
        models: `pocket`, `hub`, or the path of a TOML file.
    """
    try:
        load_catalog(models)
    except CatalogError:
        return
