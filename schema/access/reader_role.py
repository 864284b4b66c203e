"""The role that only reads: whom BI, dashboards and scalers come to PostgreSQL as."""

from __future__ import annotations

import re

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from schema.database import writing

#: Tables that it does not even read: hashes of passwords and logins, and who came from where.
HIDDEN = ("page_users", "page_sessions", "login_attempts", "audit_entries")
#: What holds for each of its sessions. One that is left open inside a transaction would keep the
#: server from clearing away what the ledger has changed since. Compiling a query of the views takes
#: seconds, which it never saves.
OPTIONS = {
    "default_transaction_read_only": "on",
    "idle_in_transaction_session_timeout": "600000",
    "jit": "off",
}
#: What a role may be called.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.@-]{0,62}")
#: PostgreSQL's insufficient_privilege.
_NOT_ALLOWED = "42501"


class ReaderRoleError(ValueError):
    """There cannot be such a role. One sentence, with the fix."""


def grant_reading(engine: Engine, name: str, password: str | None) -> bool:
    """Let a role read tables and views, those of later upgrades too, and nothing else.

    Args:
        engine: Connects as the owner of the tables, who may create roles.
        name: Of the role; it is made if there is none.
        password: What it logs in with; None leaves it as it is. The server gets a hash of it alone.

    Returns:
        Whether the role is a new one.

    Raises:
        ReaderRoleError: If there are no roles, this one may do more, or we may not make it.
    """
    if not _NAME.fullmatch(name):
        raise ReaderRoleError(
            "a role's name has letters from a to z, digits and _ . @ - in it, 63 at the most"
        )
    if engine.dialect.name != "postgresql":
        raise ReaderRoleError(
            "SQLite has no roles; whoever opens the file as file:triage.db?mode=ro only reads"
        )
    try:
        with writing(engine) as connection:
            is_new = not _exists(connection, name)
            for statement in _statements(connection, name, is_new, password):
                connection.exec_driver_sql(statement)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_ALLOWED:
            raise
        raise ReaderRoleError(
            "this user of the database may not create or change roles: let one who may run "
            f"ALTER ROLE {engine.url.username or 'it'} CREATEROLE"
        ) from None
    return is_new


def _exists(connection: Connection, name: str) -> bool:
    found = connection.execute(
        text(
            "SELECT rolsuper, rolcreaterole, pg_has_role(oid, current_user, 'MEMBER') AS is_owner "
            "FROM pg_roles WHERE rolname = :name"
        ),
        {"name": name},
    ).one_or_none()
    if found and (found.rolsuper or found.rolcreaterole or found.is_owner):
        raise ReaderRoleError(
            f"the role {name} may do more than read, and would be kept from it: name another"
        )
    return found is not None


def _statements(connection: Connection, name: str, is_new: bool, password: str | None) -> list[str]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    owner, schema = connection.execute(text("SELECT current_user, current_schema()")).one()
    role, place = quote(name), f"SCHEMA {quote(schema)}"
    hidden = ", ".join(f"{quote(schema)}.{table}" for table in HIDDEN)
    login = f" PASSWORD '{_hashed(connection, name, password)}'" if password else ""
    return [
        f"{'CREATE' if is_new else 'ALTER'} ROLE {role} LOGIN{login}",
        *(f"ALTER ROLE {role} SET {option} = {value}" for option, value in OPTIONS.items()),
        f"REVOKE ALL ON ALL TABLES IN {place} FROM {role}",
        f"GRANT USAGE ON {place} TO {role}",
        f"GRANT SELECT ON ALL TABLES IN {place} TO {role}",
        f"REVOKE ALL ON {hidden} FROM {role}",
        # For views, which an upgrade makes anew.
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {quote(owner)} IN {place} "
        f"GRANT SELECT ON TABLES TO {role}",
    ]


def _hashed(connection: Connection, name: str, password: str) -> str:
    """A password as the server keeps it: what it is given may stand in its log."""
    driver = connection.connection.driver_connection
    assert driver is not None
    hashed: bytes = driver.pgconn.encrypt_password(password.encode(), name.encode())
    return hashed.decode("ascii")
