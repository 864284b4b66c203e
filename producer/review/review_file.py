"""The file that a person fills in: its columns, and the rows that are put into it."""

from __future__ import annotations

from collections.abc import Iterable

from schema.corrections.draw import Drawn
from schema.corrections.subject import Subject
from schema.reports import ReportRows

RUN, ANALYSIS, DOCUMENT, DRAWN, LABEL = "run", "analysis", "document", "drawn", "label"

#: What `triage correct` needs; the text and the model's label are for whoever fills it in.
NEEDED = (RUN, ANALYSIS, DOCUMENT, DRAWN, LABEL)

COLUMNS = (RUN, ANALYSIS, DOCUMENT, DRAWN, "text", "model_label", LABEL)


def review_rows(run: str, subject: Subject, drawn: Iterable[Drawn]) -> ReportRows:
    """The rows of the file, with an empty column for the person's label."""
    rows = (
        (run, subject.analysis, one.document_id, one.drawn, one.text, one.label, None)
        for one in drawn
    )
    return ReportRows(COLUMNS, rows)
