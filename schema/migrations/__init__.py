"""Alembic migrations of the database; `schema.migrations.upgrade` applies them."""
