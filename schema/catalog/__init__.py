"""The catalog: which model, revision and options serve each analysis."""

from schema.catalog.catalog import Catalog, CatalogError
from schema.catalog.entry import (
    Aggregation,
    CalibrationOptions,
    CatalogEntry,
    EntryOptions,
    Precision,
)
from schema.catalog.loading import load_catalog

__all__ = [
    "Aggregation",
    "CalibrationOptions",
    "Catalog",
    "CatalogError",
    "CatalogEntry",
    "EntryOptions",
    "Precision",
    "load_catalog",
]
