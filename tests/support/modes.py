"""Permissions of what lies in a folder."""

from __future__ import annotations

from pathlib import Path
from stat import S_IMODE


def open_to_others(folder: Path) -> dict[str, str]:
    """Everything in a folder, itself included, that anybody but its owner may use."""
    return {
        str(path.relative_to(folder.parent)): oct(S_IMODE(path.lstat().st_mode))
        for path in (folder, *folder.rglob("*"))
        if path.lstat().st_mode & 0o077 and not path.is_symlink()
    }
