"""`triage calibrate`: how far a model's probabilities can be trusted, and where it is unsure."""
