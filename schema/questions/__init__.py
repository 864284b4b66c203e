"""What a head of product asks, answered from the database: one question a file.

Each function takes an open connection and a `Scope` (which documents), and gives plain dataclasses:
figures, each with its interval, and ids of documents that are behind it. Statistics are those of
`schema.insights`; which results count is what the views say. `docs/questions.md` has all twelve
questions with what answers them.

| file | function | question |
|---|---|---|
| `headline.py` | `read_headline` | how much is written, how do they feel, and what changed |
| `complaints.py` | `read_complaints` | what is complained about most |
| `rising.py` | `read_rising` | what is new or rising |
| `satisfaction.py` | `read_satisfaction` | how satisfied are they, over time |
| `segments.py` | `read_segments` | which product, country, plan is worst, and is it chance |
| `drivers.py` | `read_drivers` | what goes with low ratings |
| `before_after.py` | `read_before_after` | did it get better at a date |
| `trust.py` | `read_trust` | how far can this be trusted |
"""

from schema.questions.errors import NoAnswerError
from schema.questions.scope import Scope

__all__ = ["NoAnswerError", "Scope"]
