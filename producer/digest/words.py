"""The sentences of a digest that both of its forms have."""

from __future__ import annotations

from producer.digest.digest import Digest
from producer.page import numbers


def title(digest: Digest) -> str:
    """What a mail is called."""
    return f"Customer feedback, {numbers.day(digest.first)} to {numbers.day(digest.last)}"


def summary(digest: Digest) -> str:
    """The figures of the period in a sentence or two."""
    counts = digest.headline.counts
    if not counts.documents:
        newest = (
            f"; the newest feedback is of {numbers.day(digest.newest)}" if digest.newest else ""
        )
        return f"Nobody wrote in these {digest.days} days{newest}."
    said = [
        f"{numbers.count(counts.documents)} documents; {numbers.count(digest.before)} in the "
        f"{digest.days} days before."
    ]
    if counts.negative.total:
        said.append(
            f"{numbers.percent(counts.negative.share)} classified as negative "
            f"({numbers.percent_range(counts.negative.interval)})."
        )
    if counts.rating.count:
        said.append(
            f"{numbers.stars(counts.rating.mean)} stars ({numbers.stars_range(counts.rating)})."
        )
    return " ".join(said)


def no_change(digest: Digest) -> str:
    """What is said where nothing changed; "" where something did."""
    if digest.items or not digest.headline.counts.documents:
        return ""
    if not digest.before:
        return "There is nothing before these days to compare them with."
    return "Nothing changed beyond chance."


def seen(digest: Digest) -> str:
    """How large a change would have been seen; "" where nobody can tell."""
    if digest.seen is None:
        return ""
    points = 100 * digest.seen
    said = f"{points:.1f}" if points < 9.95 else f"{points:.0f}"
    return (
        f"A change of {said} points in what is classified as negative would have been seen four "
        "times of five; smaller ones may be there."
    )


def urgent(digest: Digest) -> str:
    """What cannot wait; "" where nothing does, or an item says so."""
    if not digest.urgent.now or any(one.key == "urgent" for one in digest.items):
        return ""
    count = digest.urgent.now
    said = "1 text cannot wait" if count == 1 else f"{numbers.count(count)} texts cannot wait"
    return f"{said}; {numbers.count(digest.urgent.before)} in the {digest.days} days before."


def notes(digest: Digest) -> list[str]:
    """How to read it; nothing of a period in which nobody wrote."""
    said: list[str] = []
    if not digest.headline.counts.documents:
        return said
    if digest.more:
        said.append(
            f"{digest.more} smaller change{'s' if digest.more > 1 else ''} beyond chance "
            f"{'are' if digest.more > 1 else 'is'} not listed."
        )
    if not digest.themes:
        said.append("No themes were looked at; find them with: triage themes")
    said += [seen(digest)] if seen(digest) else []
    said.append(
        "Ranges are where a figure lies 95 times of 100. First stands what surely concerns most "
        "documents. “Classified as negative” is a model's word: it serves to compare."
    )
    return said


REDACTED = (
    "Names, addresses and numbers are replaced by rules and models, which miss some: do not mail "
    "this to whom the texts are not meant for."
)
