"""Access to the served page: users, their sessions, attempts to log in, and the audit."""
