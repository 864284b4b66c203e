"""Recipes: how the exports of known systems are read, and how to read the next delivery the same.

Each `.toml` here is a system; `docs/reading.md` has a table of them.
"""
