"""Columns: what each column of an input holds, by option, by recipe, by its name and its values."""
