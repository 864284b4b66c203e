"""Near-duplicates among stored documents."""
