"""A command that is a program of the workers: the console must not import torch."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NoReturn


def become(
    module: str, options: Mapping[str, object], flags: Mapping[str, bool], *arguments: str
) -> NoReturn:
    """Let this process be `python -m MODULE` from here on.

    Args:
        module: Of `workers`.
        options: Those that are None are left out.
        flags: Those that are set are said.
        arguments: What stands behind `--`.
    """
    command = [sys.executable, "-m", module]
    command += [f"{name}={value}" for name, value in options.items() if value is not None]
    command += [name for name, is_set in flags.items() if is_set]
    sys.stdout.flush()
    os.execv(command[0], [*command, "--", *arguments])
