"""`python -m schema.migrations "Add languages"`: write the migration from what the tables are."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from schema.database import open_engine, writing
from schema.migrations.revision import alembic_config, newest_revision, upgrade


def write_migration(message: str) -> None:
    """Compare the newest revision with the models, and write the difference down."""
    number = f"{int(newest_revision()) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'newest.db'}")
        upgrade(engine)
        with writing(engine) as connection:
            command.revision(
                alembic_config(connection), message=message, autogenerate=True, rev_id=number
            )
        engine.dispose()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('usage: python -m schema.migrations "What it does"')
    write_migration(sys.argv[1])
