"""`python -m workers.analyze`: the engine in one process, without a queue; and `triage analyze` as
a function.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Run `triage analyze`, for programs that have this interpreter at hand and no PATH.

    Args:
        arguments: What stands behind `triage analyze` on a command line.

    Returns:
        Its exit code; what it says goes to standard output and standard error of this process.
    """
    ended = subprocess.run(
        [sys.executable, "-m", "producer", "analyze", *arguments], capture_output=True
    )
    sys.stdout.buffer.write(ended.stdout)
    sys.stdout.flush()
    sys.stderr.write(ended.stderr.decode("utf-8", "replace"))
    return ended.returncode
