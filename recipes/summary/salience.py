"""Extractive targets for the pocket summary model: the clauses of a text that matter most.

A sentence scores for what it says of wants, problems and praise, a little for naming the subject
and for sharing words with the title, and loses for being background, in the manner of the
cue-word and title methods of Edmundson (1969, "New Methods in Automatic Extracting"). A long
sentence is cut where a clause begins.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

WORDS = Path(__file__).with_name("words.toml")
WEIGHTS = {"wants": 1.6, "problems": 1.2, "praise": 1.0, "topics": 0.35, "background": -0.8}
CAP = 3.0
SHORT, LONG = 12, 20
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]*\s+|\n+|\s*(?:\.{2,}|…)\s+|\s+-{1,2}\s+")
CLAUSE_START = re.compile(
    r"[,;:]\s+(?:and|but|so|because|although|though|yet|however|as|which)?\s*|"
    r"\s+(?=(?:but|because|although|though|however)\s)|\s*\(|\)\s*",
    re.IGNORECASE,
)


class Span(NamedTuple):
    """A candidate: its text, its score, and its place in the text."""

    text: str
    score: float
    place: int


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """One pattern of alternatives for each list in `words.toml`."""
    lists = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return {name: any_of(lists[name]) for name in WEIGHTS} | {
        "dangling": re.compile(any_of(lists["reviews"]["dangling"]).pattern + r"\s+", re.I)
    }


def any_of(phrases: list[str]) -> re.Pattern[str]:
    """A pattern that finds any of `phrases` as whole words, the longest first."""
    ordered = sorted(phrases, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, ordered)) + r")(?!\w)", re.I)


def summarise(text: str, title: str = "") -> str:
    """The most telling one or two sentences or clauses of `text`, at most `LONG` words.

    A text of up to `SHORT` words is returned as it is.
    """
    text = " ".join(text.split())
    if len(text.split()) <= SHORT:
        return text
    spans = candidates(text, title)
    if not spans:
        return tidy(trim(text))
    best = max(spans, key=lambda span: span.score)
    chosen = [best]
    room = LONG - len(best.text.split())
    others = [s for s in spans if abs(s.place - best.place) >= 1 and len(s.text.split()) <= room]
    second = max(others, key=lambda span: span.score, default=None)
    if second and second.score > 0.6 * best.score and second.score > 1.0:
        chosen.append(second)
    return " ".join(tidy(span.text) for span in sorted(chosen, key=lambda span: span.place))


def candidates(text: str, title: str) -> list[Span]:
    """Every sentence of at most `LONG` words, or the clauses of a longer one, scored."""
    spans = []
    sentences = [s for s in SENTENCE_END.split(text) if s and len(s.split()) > 1]
    for place, sentence in enumerate(sentences):
        pieces = [sentence] if len(sentence.split()) <= LONG else clauses(sentence)
        edge = 0.4 if place == 0 else 0.25 if place == len(sentences) - 1 else 0.0
        spans += [Span(piece, score(piece, title) + edge, place) for piece in pieces]
    return spans


def clauses(sentence: str) -> list[str]:
    """Runs of neighbouring clauses of a long sentence, of 4 to `LONG` words each."""
    starts = [0, *(m.end() for m in CLAUSE_START.finditer(sentence)), len(sentence)]
    runs = []
    for i, start in enumerate(starts[:-1]):
        for end in starts[i + 1 :]:
            piece = sentence[start:end].strip()
            if 4 <= len(piece.split()) <= LONG and piece.count("(") == piece.count(")"):
                runs.append(piece)
    return runs or [trim(sentence)]


def score(text: str, title: str) -> float:
    """How much a reader learns from `text`; each kind of cue counts up to `CAP` times."""
    found = patterns()
    total = sum(
        weight * min(len(set(map(str.lower, found[name].findall(text)))), CAP)
        for name, weight in WEIGHTS.items()
    )
    words = text.lower().split()
    shared = {w for w in title.lower().split() if len(w) > 3} & set(words)
    total += 0.4 * min(len(shared), 2) - 0.05 * max(0, len(words) - 14)
    if len(words) < 4:
        total -= 0.8
    if text.rstrip().endswith("?"):
        total -= 0.6
    if found["dangling"].match(text):
        total -= 0.3
    return total


def trim(text: str) -> str:
    """The first `LONG` words, without a dangling last clause where one can be dropped."""
    head = " ".join(text.split()[:LONG])
    cuts = [m.start() for m in CLAUSE_START.finditer(head)]
    return head[: cuts[-1]] if cuts and len(head[: cuts[-1]].split()) >= 6 else head


def tidy(text: str) -> str:
    """Clean ends: no dangling conjunction in front, a capital, "I" for "i", a full stop."""
    text = text.strip(' ,;:-*"()')
    stripped = patterns()["dangling"].sub("", text, count=1) if starts_loosely(text) else text
    text = stripped if len(stripped.split()) >= 3 else text
    text = re.sub(r"\bi\b(?!\.\w)", "I", text)
    text = text[:1].upper() + text[1:]
    return text if not text or text[-1] in ".!?…" or not text[-1].isalnum() else text + "."


def starts_loosely(text: str) -> bool:
    """Whether the first word is a plain conjunction that may be dropped without loss."""
    return text.split(" ", 1)[0].lower() in {"and", "or", "but", "so", "also", "plus", "then"}
