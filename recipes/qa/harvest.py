"""Finds what customers want in real messages by the words that introduce it, for the QA model.

The spans are weak labels: `I want`, `could you please` and the like, followed by the wish, up to
the end of the clause. Sources: see `feedback_texts`.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from recipes.data.feedback_texts import read_requests, read_review_sentences, read_turns
from recipes.data.labelled_reviews import read_clothing_reviews, read_jsonl
from recipes.text.grammar import Marked, Span

_END = (
    r"(?=\s*(?:[.!?;:,]|$)|\s+(?:because|but|so that|since|as soon|thanks|thank you|please|pls|"
    r"and i|if possible)\b)"
)
_SOFTENED = r"(?: just| really| only| still| also)?"
_POLITELY = r"(?: please| kindly| pls| just)?"
_INTRODUCTIONS = (
    r"\bi(?:'d| would)(?: really| just)? like (?P<want>(?!to (?:thank|say|have liked)).+?)",
    rf"(?<!\bdo )\b(?:i|we){_SOFTENED} (?:want|need|require|demand|request) (?P<want>.+?)",
    r"\b(?:i am|i'm|we are) (?:looking|asking|trying|hoping|waiting)(?: for)? (?P<want>.+?)",
    rf"\b(?:can|could|would|will) you{_POLITELY} (?P<want>(?!believe|imagine|see).+?)",
    rf"\b(?:can|could|may) (?:i|we){_POLITELY} (?P<want>.+?)",
    r"\bhow (?:do|can|would) (?:i|we) (?P<want>.+?)",
    r"\b(?:please|pls|kindly) (?P<want>(?!hold|wait|note|help\b|find the|be aware).+?)",
    r"\bi wish (?:it|they|this|there|the \w+) "
    r"(?:had|was|were|came in|came with|offered|made|would) (?P<want>.+?)",
    r"\b(?:(?:it|they|you|this|app) should|could use|needs|lacks|is missing) "
    r"(?P<want>(?!be\b|have\b|to be).+?)",
)
_WANTS = [re.compile(pattern + _END, re.IGNORECASE) for pattern in _INTRODUCTIONS]
#: A text with any of these may ask for something, so it is no background for "nothing is wanted".
_MAY_WANT = re.compile(
    r"\b(?:want\w*|would like|'d like|need\w*|please|pls|kindly|wish\w*|should|could|can|must|"
    r"request\w*|demand\w*|ask\w*|hope\w*|looking for|missing|lacks?|require\w*|how do|would be|"
    r"let me|give me|send|fix|refund\w*|if only|bring back|why)\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"^(?:it|this|that|that one|one|more|(?:help|assist)(?: me| us)?|you|them|ok|yes|sure|to)\W*$",
    re.IGNORECASE,
)


def find_want(text: str) -> Marked | None:
    """The text with its want labelled, or None unless exactly one introduction is found."""
    matches = [match for pattern in _WANTS for match in pattern.finditer(text)]
    spans = {match.span("want") for match in matches}
    if len({end for _, end in spans}) != 1:
        return None
    start, end = max(spans)
    want = text[start:end]
    if _EMPTY.match(want) or not 1 <= len(want.split()) <= 16 or len(want) < 4:
        return None
    return Marked(text, [Span("want", start, end)])


def harvest_wants(data: Path) -> list[Marked]:
    """Real messages of at most 40 words with one labelled want, in a fixed order."""
    texts = dict.fromkeys([*read_requests(data), *read_turns(data), *_review_sentences(data)])
    found = (find_want(text) for text in texts if 3 <= len(text.split()) <= 40)
    return [marked for marked in found if marked]


def read_background(data: Path) -> list[str]:
    """Real sentences in which nothing is asked for, of 2 to 40 words."""
    texts = dict.fromkeys([*_review_sentences(data), *read_turns(data)[:20_000]])
    return [text for text in texts if 2 <= len(text.split()) <= 40 and not _MAY_WANT.search(text)]


def read_aspects(data: Path) -> list[str]:
    """What reviewers write about (battery life, picture quality), most frequent first."""
    counts: dict[str, int] = {}
    for row in read_jsonl(data / "sentiment" / "product_reviews_hu_liu.jsonl.gz"):
        for aspect in _aspect_names(row["aspects"]):
            if 2 < len(aspect) < 30 and re.fullmatch(r"[a-z -]+", aspect):
                counts[aspect] = counts.get(aspect, 0) + 1
    return sorted((name for name, count in counts.items() if count >= 3), key=lambda a: -counts[a])


def read_pros_cons(data: Path) -> dict[str, list[str]]:
    """Terse pros (`pos`) and cons (`neg`) without brackets, which would be template syntax."""
    terse: dict[str, list[str]] = {"pos": [], "neg": []}
    for row in read_jsonl(data / "sentiment" / "pros_cons.jsonl.gz"):
        text = str(row["text"]).strip(" .")
        if 1 <= len(text.split()) <= 9 and not re.search(r"[()<>{}|]", text):
            terse[str(row["label"])].append(text)
    return terse


def _aspect_names(aspects: object) -> Iterable[str]:
    assert isinstance(aspects, Sequence)
    for aspect in aspects:
        yield str(aspect["aspect"] if isinstance(aspect, dict) else aspect[0]).lower()


def _review_sentences(data: Path) -> list[str]:
    bodies = (review.body for review in read_clothing_reviews(data))
    sentences = [text for body in bodies for text in re.split(r"(?<=[.!?])\s+", body)]
    return read_review_sentences(data) + sentences
