"""What the page lets a browser do: run its own script and style, and nothing else.

The file is one that is mailed around, and full of what strangers wrote; should any of it ever be
taken for HTML, the browser still runs and loads nothing that is not named here by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence


def content_security_policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """The policy for a page with these scripts and style sheets inside of it."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(_hash, scripts))}",
            f"style-src {' '.join(map(_hash, styles))}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
