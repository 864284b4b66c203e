"""The libraries that only training needs: an extra of their own, so that workers stay light."""

from __future__ import annotations

from importlib.util import find_spec

from workers.calibrate.examples import DataError

#: Modules of the extra `train`.
MODULES = ("datasets", "accelerate", "peft", "seqeval")


def require_train_extra() -> None:
    """Make sure that this installation can train.

    Raises:
        DataError: Says what to install.
    """
    for module in MODULES:
        if find_spec(module) is None:
            raise DataError(
                f"{module} is not installed, which training needs: pip install '.[worker,train]' "
                "in the project's folder"
            )
