"""Reports: named SQL files, the same for SQLite and PostgreSQL.

The first line of each is a comment that says what it shows. `:run_id` is null for all runs; then
each document counts once, with the results of the newest run that has some. Only current documents
count: neither versions that were replaced, which the view `documents` leaves out, nor those that no
longer come (`gone_at`). The files also run by hand: `psql -v run_id=NULL -f FILE`, or
`sqlite3 DATABASE < FILE`, which takes it for null. One report, `labels`, has no file: it is made of
the analyses that there are.

Whether a document is negative is a matter of its polarity alone, never of its label, which is the
model's own word. Documents that the model is unsure of, and those without a polarity (rows of
before it was kept, with a label that says nothing), have columns of their own, `unsure` and
`no_polarity`: they count as no polarity, and shares are of all others.
"""

from schema.reports.report import (
    Report,
    ReportRows,
    UnknownReportError,
    Value,
    find_report,
    reports,
    run_report,
)

__all__ = [
    "Report",
    "ReportRows",
    "UnknownReportError",
    "Value",
    "find_report",
    "reports",
    "run_report",
]
