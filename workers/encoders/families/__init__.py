"""Encoders of one architecture a file."""
