"""Reports that come with the project, from their files."""

from __future__ import annotations

from docs.site.reference.table import code, table
from schema.reports import reports


def reports_page() -> str:
    """The page: a row for each report, as `triage report` lists them."""
    rows = [
        (code(one.name), one.description, ", ".join(map(code, one.key)))
        for one in sorted(reports(), key=lambda one: one.name)
    ]
    return (
        "# Reports\n\n"
        "As `triage report` lists them; `triage report NAME` shows one. Options, and reports of "
        "your own: [Views and reports](../views.md#reports-and-their-options).\n\n"
        + table(("report", "shows", "a row is known by"), rows)
    )
