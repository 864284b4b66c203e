"""What was measured once and holds as long as model, device and torch are the same: one JSON file
each, in a folder that all children of all nodes of this machine may read and write at once.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from schema.private_files import make_private_folder

logger = logging.getLogger(__name__)

T = TypeVar("T")


class TuningCache:
    """Decisions by what they depend on.

    Args:
        folder: Made when the first is kept.
    """

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet."""
        self._folder = folder

    def read(self, key: Mapping[str, str], parse: Callable[[dict[str, Any]], T]) -> T | None:
        """The decision, or None if there is none; a file that is broken is as good as none.

        Args:
            key: What it depends on.
            parse: Of the decision's own fields; raises KeyError, TypeError or ValueError at others.
        """
        path = self._path(key)
        try:
            content = json.loads(path.read_text("utf-8"))
            if {name: content[name] for name in key} != key:
                raise ValueError("it is of something else")
            return parse(content)
        except FileNotFoundError:
            return None
        except (OSError, KeyError, TypeError, ValueError) as error:
            logger.warning(
                "%s is ignored, and made anew (%s: %s)", path, type(error).__name__, error
            )
            return None

    def keep(
        self,
        key: Mapping[str, str],
        decision: Mapping[str, Any],
        parse: Callable[[dict[str, Any]], T],
        *,
        anew: bool = False,
    ) -> T | None:
        """Write a decision down, unless somebody was quicker.

        Args:
            key: What it depends on.
            decision: Its own fields.
            parse: As in `read`.
            anew: Whether it takes the place of what stands there: something was learnt since.

        Returns:
            What now stands there: this one, or the other's; None if nothing can be kept.
        """
        path = self._path(key)
        new = path.with_suffix(f".{uuid4().hex}")
        try:
            make_private_folder(self._folder)
            new.write_text(json.dumps({**key, **decision}, indent=1), "utf-8")
            try:
                os.link(new, path)  # unlike a rename, it fails where somebody was quicker
            except FileExistsError:
                if anew or self.read(key, parse) is None:
                    os.replace(new, path)
            finally:
                new.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("%s cannot be kept: %s", path, error)
        return self.read(key, parse)

    def _path(self, key: Mapping[str, str]) -> Path:
        digest = hashlib.sha256(json.dumps(dict(key), sort_keys=True).encode()).hexdigest()
        return self._folder / f"{digest[:16]}.json"
