"""Feedback Triage from Python: analyse texts here, or bring them in, wait, and read what was found.

```python
import feedback_triage as ft

ft.analyze(["The lamp is broken."], "sentiment")  # a data frame; the models stay in memory
ft.ingest("reviews.csv", analyses="sentiment,entities").wait()
ft.read("sentiment-by-product")
```

Importing it costs little: what takes time is loaded by the first call that needs it, and the models
are in a process of their own. What cannot be done is a `TriageError`, in the sentence of the
command that does the same; options that it names (`--text`) are arguments here (`text=`).
"""

from feedback_triage.analyzer import Analyzer, analyze, close
from feedback_triage.errors import TriageError
from feedback_triage.ingestion import Ingestion, IngestOptions, ingest
from feedback_triage.progress import runs, wait
from feedback_triage.reading import read

__all__ = [
    "Analyzer",
    "IngestOptions",
    "Ingestion",
    "TriageError",
    "analyze",
    "close",
    "ingest",
    "read",
    "runs",
    "wait",
]
