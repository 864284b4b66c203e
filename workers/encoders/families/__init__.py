"""Converters of encoders, one architecture a file."""
