"""From an entry of the catalog to a model in memory."""
