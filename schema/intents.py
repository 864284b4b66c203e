"""What the writer of feedback is up to: the five intents, and names of labels that mean one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum


class Intent(StrEnum):
    """An intent; a text may have several, or none.

    COMPLAINT: Says that something is bad or went wrong.
    REQUEST: Wants something done, changed or added.
    PRAISE: Says that something is good.
    QUESTION: Asks to be told something.
    CHURN_RISK: Says that they leave, cancel or will not buy again.
    """

    COMPLAINT = "complaint"
    REQUEST = "request"
    PRAISE = "praise"
    QUESTION = "question"
    CHURN_RISK = "churn_risk"


#: Of a text that has none of the intents, and of a model's label that means none of them.
NO_INTENT = "none"

#: Names of labels by what they mean, without case, blanks for `_` and `-`.
_NAMES = {
    Intent.COMPLAINT: "complaint, complaints, problem, problem report, bug, bug report, issue",
    Intent.REQUEST: "request, requests, feature request, suggestion, improvement, wish",
    Intent.PRAISE: "praise, compliment, compliments, kudos",
    Intent.QUESTION: "question, questions, inquiry, enquiry, information request",
    Intent.CHURN_RISK: "churn risk, churn, cancellation, cancel subscription",
    NO_INTENT: "none, other, others, neutral, no intent, out of scope",
}
_MEANINGS = {name: str(means) for means, names in _NAMES.items() for name in names.split(", ")}


def known_intents(labels: Sequence[str]) -> dict[str, str]:
    """What those labels mean whose name says it: an intent, or `none`; others are missing."""
    plain = {label: re.sub(r"[\s_-]+", " ", label).strip().casefold() for label in labels}
    return {label: _MEANINGS[name] for label, name in plain.items() if name in _MEANINGS}


def read_intents(said: str) -> set[str]:
    """The names in what a person wrote, `none` among them: with commas or semicolons between, in
    any case, with blanks or hyphens for `_`. Whether they are intents is left to who asks.
    """
    names = (re.sub(r"[\s-]+", "_", one.strip()).casefold() for one in re.split("[,;]", said))
    return {one for one in names if one}


def join_intents(intents: Iterable[str]) -> str:
    """Several intents as one label: in the order of `Intent`, with commas; `none` of none."""
    named = set(intents)
    return ", ".join(one for one in Intent if one in named) or NO_INTENT


def split_intents(label: str) -> set[str]:
    """The intents of such a label; none of `none`."""
    return read_intents(label) - {NO_INTENT}
