"""The catalog: which model, revision and options serve each analysis."""

from schema.catalog.catalog import Catalog, CatalogError, Entry, load_catalog

__all__ = ["Catalog", "CatalogError", "Entry", "load_catalog"]
