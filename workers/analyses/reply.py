"""Reply: a draft of an answer to each document. Nothing is sent; a person reads it first.

Where the catalog names a model that writes, it writes the draft; else the draft is the answer of
the run's reply library that fits best.
"""

from __future__ import annotations

from schema.catalog import Catalog
from workers.analysis import Analysis
from workers.replies.chosen import ChosenReplies
from workers.replies.written import WrittenReplies


class ReplyAnalysis(ChosenReplies):
    """Takes replies from a library, see `ChosenReplies`."""

    @classmethod
    def for_catalog(cls, catalog: Catalog) -> type[Analysis]:
        """This one, unless the catalog has a model that writes."""
        return WrittenReplies if catalog.writes_replies else cls
