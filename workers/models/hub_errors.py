"""What went wrong while a model was fetched from the hub, as one sentence with the fix."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from huggingface_hub import constants
from huggingface_hub.errors import (
    GatedRepoError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from schema.catalog import CatalogEntry
from workers.errors import ModelError

CATALOG = "in the catalog that TRIAGE_MODELS names"
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def explained(entry: CatalogEntry) -> Iterator[None]:
    """Raise what the block raises as a `ModelError`, with what to do."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        message = _message(entry, error)
        if isinstance(error, HFValidationError):
            raise ModelError(message) from None
        raise ModelError(message) from error


def named(entry: CatalogEntry) -> str:
    """A model with its revision, in words."""
    return f"model {entry.model!r}" + (f" (revision {entry.revision})" if entry.revision else "")


def _message(entry: CatalogEntry, error: Exception) -> str:
    which = named(entry)
    if isinstance(error, HFValidationError):
        return (
            f"model {entry.model!r} is neither a hub id (owner/name) nor an absolute path; correct "
            f"`model` {CATALOG}"
        )
    if isinstance(error, GatedRepoError):
        return (
            f"{which} is gated: accept its terms on the hub and set HF_TOKEN, or name another "
            f"`model` {CATALOG}"
        )
    if isinstance(error, RepositoryNotFoundError | RevisionNotFoundError):
        return (
            f"{which} is not on the hub, or not for you: correct `model` and `revision` {CATALOG}, "
            "or set HF_TOKEN if it is private"
        )
    if isinstance(error, OSError) and error.errno in _FULL:
        return (
            f"{which} does not fit the disk of the cache ({constants.HF_HUB_CACHE}): make room "
            f"there, or set HF_HOME to a folder on another disk; `model` is named {CATALOG}"
        )
    reason = "HF_HUB_OFFLINE is set" if constants.HF_HUB_OFFLINE else "the hub is out of reach"
    return (
        f"{which} is not in the cache ({constants.HF_HUB_CACHE}) and {reason} "
        f"({type(error).__name__}): fetch it on a machine that has access and set HF_HOME to a "
        f"copy of that machine's cache, or give the path of a local folder as `model` {CATALOG}"
    )
