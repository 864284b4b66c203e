"""Summaries made of a text's own sentences, by a model that only reads."""
