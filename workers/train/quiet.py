"""Keeping what libraries say of a training off the user's screen."""

from __future__ import annotations

import datasets
from transformers.utils import logging


def be_quiet() -> None:
    """No bars and no advice: what matters is said by the command itself."""
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    datasets.disable_progress_bars()
