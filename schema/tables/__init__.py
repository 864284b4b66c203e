"""The tables, one noun a file; the result tables lie in `schema.results`."""

from schema.database.base import Base
from schema.results import RESULT_TABLES
from schema.tables.abstention import AbstentionRow
from schema.tables.dead_letter import DeadLetter
from schema.tables.document import DocumentRow, RunDocument
from schema.tables.document_theme import DocumentTheme
from schema.tables.job import FIRST_DOCUMENTS, OPEN_STATES, Job, JobState
from schema.tables.model import Model
from schema.tables.run import Run, RunState
from schema.tables.run_input import RunInput
from schema.tables.theme import Theme, ThemeKind
from schema.tables.theme_edit import ThemeEdit, ThemeVerb
from schema.tables.theme_set import ThemeSet
from schema.tables.theme_week import ThemeWeek
from schema.tables.worker import Worker, WorkerState

__all__ = [
    "FIRST_DOCUMENTS",
    "OPEN_STATES",
    "RESULT_TABLES",
    "AbstentionRow",
    "Base",
    "DeadLetter",
    "DocumentRow",
    "DocumentTheme",
    "Job",
    "JobState",
    "Model",
    "Run",
    "RunDocument",
    "RunInput",
    "RunState",
    "Theme",
    "ThemeEdit",
    "ThemeKind",
    "ThemeSet",
    "ThemeVerb",
    "ThemeWeek",
    "Worker",
    "WorkerState",
]
