"""Status: queries on what is going on, of runs and of workers. Nothing here writes."""
