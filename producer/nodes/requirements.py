"""What must be installed or running before a node can start."""

from __future__ import annotations

from importlib import util

from producer.errors import UsageError
from producer.nodes.embedded_redis import NoRedisError, start
from schema.settings import Settings


def require_worker_extra() -> None:
    """Make sure that this installation can compute.

    Raises:
        UsageError: Says what to install.
    """
    for module in ("torch", "transformers"):
        if util.find_spec(module) is None:
            raise UsageError(
                f"{module} is not installed: pip install '.[worker]' in the project's folder"
            )


def require_train_extra() -> None:
    """Make sure that this installation can train.

    Raises:
        UsageError: Says what to install.
    """
    require_worker_extra()
    for module in ("datasets", "accelerate", "peft", "seqeval"):
        if util.find_spec(module) is None:
            raise UsageError(
                f"{module} is not installed: pip install '.[worker,train]' in the project's folder"
            )


def require_redis(config: Settings) -> str:
    """The broker's URL: the one that is set, or an embedded server that lives as long as we do.

    Raises:
        UsageError: If there is neither.
    """
    if config.redis_url is not None:
        return config.redis_url.get_secret_value()
    try:
        return start(config.home).url
    except NoRedisError as error:
        raise UsageError(str(error)) from None


def require_serve_extra() -> None:
    """Make sure that this installation can serve the page.

    Raises:
        UsageError: Says what to install.
    """
    for module in ("starlette", "uvicorn", "argon2", "python_multipart"):
        if util.find_spec(module) is None:
            raise UsageError(
                f"{module} is not installed: pip install '.[serve]' in the project's folder"
            )
