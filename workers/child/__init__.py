"""The process that computes: from a message to written results."""
