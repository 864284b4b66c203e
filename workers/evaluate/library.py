"""Libraries of metrics, which only evaluating needs."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from workers.calibrate.examples import DataError


def library(module: str) -> ModuleType:
    """Import a module of the extra `evaluate`.

    Raises:
        DataError: Says what to install.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise DataError(
            f"{error.name} is not installed, which this is measured with: pip install "
            "'.[worker,evaluate]' in the project's folder"
        ) from None
