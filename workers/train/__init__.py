"""`triage train`: a model that learns from texts that people labelled."""
