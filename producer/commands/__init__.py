"""The commands of `triage`, one a file."""
