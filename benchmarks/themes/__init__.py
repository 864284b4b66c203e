"""Quality, stability and cost of `triage themes`, on texts whose labels are hidden from it."""
