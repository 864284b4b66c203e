"""Reads feedback, stores it, enqueues jobs; the operator's console (`triage`). Free of torch."""
