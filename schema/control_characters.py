"""Characters that steer a terminal instead of being shown: escaped before anything is printed.

A customer's text, a file's name or an option could otherwise colour the screen, move the cursor,
set the title, or, by turning the direction of writing around, show something else than it says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

#: C0, DEL, C1, and the overrides, embeddings and isolates of Unicode's bidirectional algorithm.
#: (The marks U+200E, U+200F and U+061C turn nothing around, and Arabic and Hebrew need them.)
STEERING = "\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
#: Halves of surrogate pairs too: no terminal takes them.
_UNPRINTABLE = re.compile(f"[{STEERING}\ud800-\udfff]")
_UNPRINTABLE_IN_JSON = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def escape_controls(text: str, keep: str = "\t\n") -> str:
    """The text with steering characters written out, as `\\x1b` or `\\u202e`.

    Args:
        text: Any text.
        keep: Those among them that stay as they are.
    """

    def escape(found: re.Match[str]) -> str:
        return found[0] if found[0] in keep else _written(found[0])

    return _UNPRINTABLE.sub(escape, text)


def json_text(
    value: Any, *, indent: int | None = None, default: Callable[[Any], Any] | None = None
) -> str:
    """The value as JSON that a terminal can show; what is read back from it is the same.

    JSON itself escapes only the characters up to U+001F.
    """
    written = json.dumps(value, ensure_ascii=False, indent=indent, default=default)
    return _UNPRINTABLE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _written(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
