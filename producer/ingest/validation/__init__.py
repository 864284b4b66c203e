"""Validation: from rows to feedback, or a reason why not."""
