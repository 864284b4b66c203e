"""`python -m workers.inventory`: the models of a catalog, listed, fetched, checked."""
