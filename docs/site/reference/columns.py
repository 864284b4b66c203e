"""Tables of the database with their columns: types, keys and indexes, from the schema itself."""

from __future__ import annotations

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql, sqlite

from docs.site.reference.table import code, table
from schema.tables import Base

#: Types are compiled by a dialect; these are as untyped as SQLAlchemy has them.
_DIALECTS = (postgresql.dialect(), sqlite.dialect())  # type: ignore[no-untyped-call]


def columns_page() -> str:
    """The page: a section for each table, by name."""
    tables = sorted(Base.metadata.tables.values(), key=lambda one: one.name)
    return (
        "# Columns, types and keys\n\n"
        "As the code declares them and migrations make them; two types are those of PostgreSQL and "
        "of SQLite. What a table is for: [Tables](../tables.md). Query the "
        "[views](../views.md) rather than these: columns of views stay.\n\n"
        + "\n".join(map(_section, tables))
    )


def _section(one: Table) -> str:
    rows = [(code(column.name), _type(column), _rules(column)) for column in one.columns]
    indexes = sorted(
        f"{code(index.name)} on {', '.join(code(column.name) for column in index.columns)}"
        for index in one.indexes
    )
    also = f"\nIndexes: {'; '.join(indexes)}.\n" if indexes else ""
    return f"## {one.name}\n\n{table(('column', 'type', 'rules'), rows)}{also}"


def _type(column: Column[object]) -> str:
    names = dict.fromkeys(str(column.type.compile(dialect)) for dialect in _DIALECTS)
    return " or ".join(code(name) for name in names)


def _rules(column: Column[object]) -> str:
    rules = ["primary key"] if column.primary_key else []
    rules += [f"of {code(key.target_fullname)}" for key in column.foreign_keys]
    if column.nullable:
        rules.append("may be NULL")
    return ", ".join(rules)
