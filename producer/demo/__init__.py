"""The demo: from nothing to a report."""
