"""Made-up texts."""
