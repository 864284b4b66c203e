"""Themes in the database: what is read to find them, and what is written of them; no numbers are
computed here but counts.
"""
