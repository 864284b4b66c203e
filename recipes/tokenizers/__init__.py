"""Tokenizers trained on the data."""
