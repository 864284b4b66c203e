"""The engine without queue or database: texts are read as `triage ingest` reads them, and a process
that has the models says what it makes of each."""
