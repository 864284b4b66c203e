"""Search: which documents are asked about, those that have its words, and the best of both ways."""
