"""Review: files in which people say what a model got right, written and read back."""
