"""`triage evaluate`: how good a model is on texts that people labelled, by the field's metrics."""
