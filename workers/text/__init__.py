"""Plain text, without a model."""
