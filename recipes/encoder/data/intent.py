"""What the writer of feedback is up to: five classes, of which a text may be several.

No set is labelled for all of them: a source says 1, 0 or nothing of each class, and what it says
nothing of is neither trained nor measured.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CLASSES = ("complaint", "request", "praise", "question", "churn_risk")
COMPLAINT, REQUEST, PRAISE, QUESTION, CHURN = range(len(CLASSES))
#: Of a class that a source says nothing about.
UNKNOWN = -1

#: Words with which a question begins, in the languages of the data; it may lack its mark.
_ASKING = re.compile(
    r"\s*(?:(?:hi|hello|hey|ok|okay|yes|no|please|sorry|so|and|but)[ ,.!]+)*"
    r"(?:what|what's|whats|where|when|why|who|whose|which|how|is|are|am|does|do|did|was|were|has|"
    r"can i|could i|may i|should i|will i|will it|would it|is it|isn't|can you (?:tell|explain|"
    r"show|give me info)|could you (?:tell|explain)|do you|does it|any idea)\b",
    re.IGNORECASE,
)
#: What asks to be told, without the form of a question.
_PERHAPS_ASKING = re.compile(
    r"\?|\b(?:wonder\w*|explain|tell me|let me know|know|find out|what|why|how|when|where|which|"
    r"whether|check|see if|show me)\b",
    re.IGNORECASE,
)
#: Of any request, however weak: such a text is not said to hold none.
_PERHAPS_REQUEST = re.compile(
    r"\b(?:please|pls|wish|should|could|would (?:be|like|love|have)|need|want|hope|suggest|if only|"
    r"improve|better if|can you|refund|ask(?:ed|ing)?|demand|expect|request|remove)\b",
    re.IGNORECASE,
)
#: Plain wishes to have something done.
_REQUEST = re.compile(
    r"\b(?:please (?:add|fix|help|remove|send|delete|make|bring|give|consider|investigate|correct|"
    r"stop|refund|return|put|offer|update|contact|call)|i (?:would like|want|demand|request|am "
    r"requesting|am asking|ask) (?:to (?:have|get|be)|that|my|a|the|this|them|for|you|it)\b|"
    r"i wish (?:it|they|there|this|you)|(?:it )?would be (?:nice|great|better|good|helpful|perfect|"
    r"lovely) (?:if|to)|should (?:be removed|be deleted|have (?:more|a|an)|offer|add))",
    re.IGNORECASE,
)
#: Plain words of one who leaves.
_CHURN = re.compile(
    r"\b(?:(?:will|would|'ll|shall) (?:never|not(?: ever)?) (?:be (?:buying|ordering|back|shopping|"
    r"returning|purchasing)|buy|order|shop|purchase|do business|use|return|bank|deal|recommend or "
    r"use)\b[^.!?]{0,30}(?:again|here|from (?:them|you|this)|with (?:them|you|this)|company|bank|"
    r"brand|back)|never (?:buy|buying|order|ordering|use|using|shop|shopping|bank|do business)"
    r"[^.!?]{0,30}again|won'?t (?:be (?:buying|ordering|back|shopping|returning)|buy|order|shop)"
    r"[^.!?]{0,30}(?:again|here|from|back)|clos(?:e|ed|ing) (?:my|all my|our|the) accounts?|cancel"
    r"(?:l?ed|l?ing)? my (?:subscription|membership|contract|policy|account|service)|(?:switch|mov"
    r"|chang)(?:ed|ing|e) (?:to (?:a different|another)|banks?|providers?)|(?:lost|lose|losing) (?:"
    r"a|me as a|another|my) (?:loyal |good |valued )?(?:customer|business)|take (?:my|our) "
    r"business elsewhere)",
    re.IGNORECASE,
)
_PERHAPS_CHURN = re.compile(
    r"\b(?:never|cancel\w*|clos(?:e|ed|ing)|switch\w*|again|leav(?:e|ing)|elsewhere|uninstall\w*|"
    r"last time|unsubscrib\w*|terminat\w*|anymore|no longer|done with)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class IntentText:
    """A text and 1, 0 or `UNKNOWN` for each of `CLASSES`."""

    text: str
    labels: tuple[int, ...]


def labelled(text: str, **known: int) -> IntentText:
    """A text of which some classes are known, by the names of `CLASSES`."""
    if unknown := known.keys() - set(CLASSES):
        raise ValueError(f"no class of intent: {sorted(unknown)}")
    return IntentText(text.strip(), tuple(known.get(name, UNKNOWN) for name in CLASSES))


def asks(text: str) -> int:
    """Whether an English sentence asks to be told something: 1, 0, or `UNKNOWN` where it might."""
    if _ASKING.match(text):
        return 1
    return UNKNOWN if _PERHAPS_ASKING.search(text) else 0


def requests(text: str) -> int:
    """Whether English words ask for something: 1, 0, or `UNKNOWN` where they might."""
    if _REQUEST.search(text):
        return 1
    return UNKNOWN if _PERHAPS_REQUEST.search(text) or "?" in text else 0


def leaves(text: str) -> int:
    """Whether English words say that somebody leaves: 1, 0, or `UNKNOWN` where they might."""
    if _CHURN.search(text):
        return 1
    return UNKNOWN if _PERHAPS_CHURN.search(text) else 0
