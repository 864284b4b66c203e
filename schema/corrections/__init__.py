"""Corrections: labels of people beside those of models, drawn, stored and read."""
