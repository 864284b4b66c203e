"""Which engines of a process go through their encoder together."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Hashable, Mapping

from workers.engine.engine import Engine

logger = logging.getLogger(__name__)


def share_encoders(engines: Mapping[str, Engine]) -> None:
    """Let engines know with which others they share an encoder.

    Args:
        engines: By analysis, all of the process.
    """
    groups: defaultdict[Hashable, list[Engine]] = defaultdict(list)
    for engine in engines.values():
        # What goes job by job could not take siblings along.
        if engine.analysis.packs and (key := engine.analysis.sharing) is not None:
            groups[key].append(engine)
    for partners in groups.values():
        for engine in partners:
            engine.share_encoder(partners)
        if len(partners) > 1:
            names = ", ".join(engine.analysis.name for engine in partners)
            logger.info("one encoder, and one pass through it: %s", names)
