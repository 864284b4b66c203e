"""Redaction: texts without names, addresses and numbers that lead to a person.

By rules, for the forms of many countries, and by the names that models have found. It is no proof
that nobody can be recognised: docs/privacy.md says how much it finds, and what it misses.
"""

from schema.redaction.fields import redact_field
from schema.redaction.redact import Known, redact

__all__ = ["Known", "redact", "redact_field"]
