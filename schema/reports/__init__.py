"""Reports: named SQL files, the same for SQLite and PostgreSQL.

The first line of each is a comment that says what it shows. Further ones may say `-- key: a, b`,
the columns that tell its rows apart, and `-- share: a_percent = a / b`, a share, which gets an
interval; `/* by */` stands where a report can be broken down, in its SELECT and its GROUP BY, and
what is in `/* by JOIN … */` is joined only then. Columns that begin with `_` are counted with, and
not shown.

A report on documents reads the views of `schema.views`, which have the results that count, and is
restricted by having other views under their names: see `schema.reports.statement`. `:run_id` is
null for all runs. The files also run by hand, `psql -v run_id=NULL -f FILE`, but for those that
ask which of the rows of a table count (`is_current`). One report, `labels`, has no file: it is made
of the analyses that there are.

Whether a document is negative is a matter of its polarity alone, never of its label, which is the
model's own word. Documents that the model is unsure of, and those without a polarity (rows of
before it was kept, with a label that says nothing), have columns of their own, `unsure` and
`no_polarity`: they count as no polarity, and shares are of all others.
"""

from schema.reports.errors import ReportError, UnknownReportError
from schema.reports.options import Condition, ReportOptions
from schema.reports.period import Period, read_period
from schema.reports.report import Report, find_report, reports, view_report
from schema.reports.rows import ReportRows, Value
from schema.reports.run import run_report

__all__ = [
    "Condition",
    "Period",
    "Report",
    "ReportError",
    "ReportOptions",
    "ReportRows",
    "UnknownReportError",
    "Value",
    "find_report",
    "read_period",
    "reports",
    "run_report",
    "view_report",
]
