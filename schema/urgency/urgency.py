"""How urgent a document is, and why: the weights of its signals, and of what else is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schema.urgency.rules import Rules
from schema.urgency.signals import Hit

#: The signal that the intent of leaving stands for.
LEAVES = "leaves"
#: Ratings as shares of the scale: one star of five, and four.
_LOWEST, _HIGH = 0.2, 0.8


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a document beside its text.

    Attributes:
        polarity: `negative`, `neutral` or `positive`; None if unsure or not analysed.
        rating: As a share of the scale; None without.
        complaint: Whether intent surely says so; likewise `leaves`.
    """

    polarity: str | None = None
    rating: float | None = None
    complaint: bool = False
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Urgency:
    """How urgent a document is.

    Attributes:
        score: The sum of the weights.
        reasons: In words, those with the largest weight first.
        hits: Where the text says so, in its order.
        is_listed: Whether somebody should call.
    """

    score: float
    reasons: Sequence[str]
    hits: Sequence[Hit]
    is_listed: bool


def urgency_of(hits: Sequence[Hit], known: Known, rules: Rules) -> Urgency:
    """Say how urgent a document is.

    Args:
        hits: What the rules have found in its text.
        known: What else is known of it.
        rules: What weighs how much.
    """
    names = list(dict.fromkeys(hit.signal for hit in hits))
    if known.leaves and LEAVES not in names:
        names.append(LEAVES)
    weighed = [(rules.signals[name].weight, rules.signals[name].says) for name in names]
    weighed += [(rules.known[name], name.replace("_", " ")) for name in _facts(known)]
    score = sum(weight for weight, _ in weighed)
    alone = any(rules.signals[name].alone for name in names)
    reasons = [says for weight, says in sorted(weighed, key=lambda one: -one[0]) if weight > 0]
    return Urgency(score, reasons, hits, alone and score >= rules.listed_from)


def _facts(known: Known) -> list[str]:
    """Names of `[known]` that hold."""
    facts = []
    if known.polarity in ("negative", "positive"):
        facts.append(known.polarity)
    if known.rating is not None and known.rating <= _LOWEST:
        facts.append("lowest_rating")
    if known.rating is not None and known.rating >= _HIGH:
        facts.append("high_rating")
    if known.complaint:
        facts.append("complaint")
    return facts
