"""The catalog: which model, revision and options serve each analysis."""

from schema.catalog.catalog import Catalog, CatalogError
from schema.catalog.entry import Entry, EntryOptions, Precision
from schema.catalog.loading import load_catalog

__all__ = ["Catalog", "CatalogError", "Entry", "EntryOptions", "Precision", "load_catalog"]
