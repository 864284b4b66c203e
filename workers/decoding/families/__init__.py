"""Decoders of one architecture a file."""
