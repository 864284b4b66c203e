"""`triage analyze`: the engine in one process, without a queue."""
