"""Reply: a draft of an answer to each document. Nothing is sent; a person reads it first.

Where the catalog names a model that writes, it writes the draft; else the draft is the answer of
the run's reply library that fits best, see `workers.replies`.
"""

from __future__ import annotations

from workers.replies.chosen import ChosenReplies


class ReplyAnalysis(ChosenReplies):
    """Takes replies from a library, see `ChosenReplies`."""

    name = "reply"
