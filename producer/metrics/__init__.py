"""Metrics: what Prometheus is told of the ledger, the workers and the servers."""
