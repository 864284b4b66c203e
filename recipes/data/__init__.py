"""Public data as training texts."""
