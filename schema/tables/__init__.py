"""The tables, one noun a file; the result tables lie in `schema.results`."""

from schema.database.base import Base
from schema.results import RESULT_TABLES
from schema.tables.abstention import AbstentionRow
from schema.tables.audit_entry import AuditEntry
from schema.tables.correction import CHOSEN, LEAST_CERTAIN, RANDOM, CorrectionRow
from schema.tables.dead_letter import DeadLetter
from schema.tables.document import DocumentRow, RunDocument
from schema.tables.document_theme import DocumentTheme
from schema.tables.empty_result import EmptyResult
from schema.tables.job import FIRST_DOCUMENTS, OPEN_STATES, Job, JobState
from schema.tables.login_attempt import LoginAttempt
from schema.tables.model import Model
from schema.tables.near_duplicate import NearDuplicateRow
from schema.tables.page_session import PageSession
from schema.tables.page_user import PageUser, Role
from schema.tables.reply_library import ReplyLibraryRow
from schema.tables.rollup import (
    RollupAnswer,
    RollupClass,
    RollupDocument,
    RollupEntity,
    RollupResult,
    RollupStale,
    RollupUrgent,
    RollupUrgentBlock,
)
from schema.tables.run import Run, RunState
from schema.tables.run_input import RunInput
from schema.tables.theme import Theme, ThemeKind
from schema.tables.theme_edit import ThemeEdit, ThemeVerb
from schema.tables.theme_set import ThemeSet
from schema.tables.theme_week import ThemeWeek
from schema.tables.worker import Worker, WorkerState

__all__ = [
    "CHOSEN",
    "FIRST_DOCUMENTS",
    "LEAST_CERTAIN",
    "OPEN_STATES",
    "RANDOM",
    "RESULT_TABLES",
    "AbstentionRow",
    "AuditEntry",
    "Base",
    "CorrectionRow",
    "DeadLetter",
    "DocumentRow",
    "DocumentTheme",
    "Job",
    "JobState",
    "LoginAttempt",
    "Model",
    "EmptyResult",
    "NearDuplicateRow",
    "PageSession",
    "PageUser",
    "ReplyLibraryRow",
    "Role",
    "RollupAnswer",
    "RollupClass",
    "RollupDocument",
    "RollupEntity",
    "RollupResult",
    "RollupStale",
    "RollupUrgent",
    "RollupUrgentBlock",
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
