"""The facts of pages: read once for all who ask, kept until the data change."""
