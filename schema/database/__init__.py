"""The database: SQLite or PostgreSQL, opened, read and written in transactions."""

from schema.database.engine import open_engine, reachable, reading, writing
from schema.database.errors import DatabaseError, describe, first_line, is_passing

__all__ = [
    "DatabaseError",
    "describe",
    "first_line",
    "is_passing",
    "open_engine",
    "reachable",
    "reading",
    "writing",
]
