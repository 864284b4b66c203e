"""Ingestion: reads files, looks into every row, stores documents and enqueues their jobs."""

from producer.ingest.columns.choice import ColumnChoice
from producer.ingest.counts import Counts
from producer.ingest.errors import IngestError
from producer.ingest.ingestion import DryRun, Ingested, dry_run, ingest
from producer.ingest.plan import Plan, make_plan

__all__ = [
    "ColumnChoice",
    "Counts",
    "DryRun",
    "IngestError",
    "Ingested",
    "Plan",
    "dry_run",
    "ingest",
    "make_plan",
]
