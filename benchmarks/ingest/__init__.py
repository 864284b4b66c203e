"""`triage ingest` beside what the databases' own tools load the same rows with."""
