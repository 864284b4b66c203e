"""Attention of BigBird and its kin, which Transformers turns from sparse to full for good at the
first short text: every text after it would be read otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workers.runtime.progress import no_progress

_SET = "set_attention_type"


def restorer(model: Any) -> Callable[[], None]:
    """What gives a model the attention back that its configuration says; nothing, in families that
    never change theirs.
    """
    parts = [part for part in model.modules() if hasattr(part, _SET)]
    kind = getattr(model.config, "attention_type", None)
    if not parts or kind is None:
        return no_progress

    def restore() -> None:
        for part in parts:
            part.set_attention_type(kind)

    return restore
