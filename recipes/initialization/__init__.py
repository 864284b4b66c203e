"""Weights to begin with."""
