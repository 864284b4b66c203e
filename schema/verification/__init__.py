"""Verification: proof that the books of a run balance, or the rows where they do not.

One family of checks a file. Each check is a plain statement that finds the rows that break it.
"""

from schema.verification.books import RunAudit, verify, verify_runs
from schema.verification.violation import Violation

__all__ = ["RunAudit", "Violation", "verify", "verify_runs"]
