"""`python -m workers.analyze`: the engine in one process, without a queue."""
