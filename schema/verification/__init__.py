"""Verification: proof that the counts of a run add up, or the rows where they do not.

Each file has one family of checks. A check is a plain statement that finds the rows that break it.
"""

from schema.verification.books import ABSTAINED, RunAudit, verify, verify_runs
from schema.verification.violation import Violation

__all__ = ["ABSTAINED", "RunAudit", "Violation", "verify", "verify_runs"]
