"""Clauses of a text, and the vectors that say what they are about."""
