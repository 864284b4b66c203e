"""Storage: from feedback to rows of the database."""
