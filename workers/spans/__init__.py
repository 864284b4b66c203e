"""Results with offsets in the text."""
