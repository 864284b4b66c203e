"""Converters of models that write, one architecture a file."""
