"""Lists of documents, and one with all that is known of it."""
