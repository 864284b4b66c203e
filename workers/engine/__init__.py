"""The engine: documents through one analysis, in batches."""
