"""Run by Alembic: migrates the connection that `schema.migrations.revision` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON

from schema.database.types import UtcDateTime
from schema.results.probabilities import Probabilities
from schema.tables import Base
from schema.views import drop_views


def render_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as SQLAlchemy's: a migration must not change when ours do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON | Probabilities):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    render_item=render_type,
    # SQLite can alter a table only by writing it anew.
    render_as_batch=True,
)
with context.begin_transaction():
    # They hold no rows, and no table that one reads could be changed; `upgrade` makes them anew.
    drop_views(context.config.attributes["connection"])
    context.run_migrations()
