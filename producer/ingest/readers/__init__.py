"""Readers: from bytes to rows, one format a file."""
