"""The report `asks`: what customers ask for, by what the clause that asks is about.

A document is a request if intent surely says so. Copies count once. Without vectors of clauses, the
themes of the whole document stand for what it asks for, and without themes its words.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from schema.insights import wilson
from schema.reports.options import ReportOptions
from schema.reports.requests import Key, Request, Select, read_requests
from schema.reports.rows import Value

DESCRIPTION = "What the newest 5,000 requests ask for, with the sentences that ask"

COLUMNS = (
    *("asked_for", "basis", "documents", "texts", "percent", "low_percent", "high_percent"),
    "quotes",
)
_QUOTES = 3
#: Longest text that is quoted whole, in characters.
_LONGEST = 200
#: A word names what is asked for if so large a part of the requests has it.
_NAMED_FROM = 0.7

Row = tuple[Value, ...]


@dataclass(slots=True)
class Wish:
    """Something that is asked for.

    Attributes:
        basis: What it is told by: `clause`, `theme` or `words`.
        documents: Ids of those that ask for it, copies too, the oldest first.
        texts: A quote of each different text.
    """

    name: str
    basis: str
    documents: list[int] = field(default_factory=list)
    texts: dict[Key, str] = field(default_factory=dict)

    def add(self, document: int, key: Key, quote: str) -> None:
        """Count a document."""
        self.documents.append(document)
        self.texts.setdefault(key, quote)

    def quotes(self, most: int) -> list[str]:
        """Short quotes, those first that say what it is called."""
        word = self.name.casefold()
        said = sorted(self.texts.values(), key=lambda one: word not in one.casefold())
        return [_short(one) for one in said[:most]]

    def row(self, total: int) -> Row:
        """Its row of the report, where so many different texts ask for anything."""
        share = len(self.texts) / total
        ends = (share, *wilson(len(self.texts), total))
        percents = (round(100 * end, 1) for end in ends)
        quotes = "\n".join(self.quotes(_QUOTES))
        return self.name, self.basis, len(self.documents), len(self.texts), *percents, quotes


def asks(select: Select, options: ReportOptions) -> Iterator[Row]:
    """What is asked for, by most texts first; of all requests the share that asks for it.

    Args:
        select: Runs a SELECT on the documents that are asked for.
        options: Nothing of them is needed here.
    """
    wishes, total = find_wishes(select)
    for one in wishes:
        yield one.row(total)


def find_wishes(select: Select) -> tuple[list[Wish], int]:
    """What is asked for, by most texts first; and how many different texts ask for anything.

    Args:
        select: Runs a SELECT on the documents that are asked for.
    """
    requests = read_requests(select)
    total = len({one.key for one in requests})
    found: dict[Hashable, Wish] = {}
    for one in requests:
        for what, name, basis, quote in _what(one):
            found.setdefault(what, Wish(name, basis)).add(one.document, one.key, quote)
    joined = _joined(found.values())
    order = sorted(joined, key=lambda one: (-len(one.texts), -len(one.documents), one.name))
    return order, total


def _what(request: Request) -> Iterator[tuple[Hashable, str, str, str]]:
    """What a request asks for: what tells it apart, its name, what that rests on, and a quote."""
    # With numpy, for which no other report has to wait.
    from schema.insights.copies import normalise

    if request.clause is not None:
        quote = request.clause
        if request.theme is not None:
            yield request.theme[0], request.theme[1], "clause", quote
        else:
            yield normalise(quote), _short(quote), "clause", quote
    elif request.themes:
        for theme, name in request.themes:
            yield theme, name, "theme", request.text
    else:
        yield normalise(request.text), _short(request.text), "words", request.text


def _joined(things: Iterable[Wish]) -> list[Wish]:
    """What clauses ask for under the word that they share, which says more than the name of a theme
    of which others praise the same; what is called the same, but for an s, is one.
    """
    # With lists of fifteen languages, for which no other report has to wait.
    from schema.insights.like_answers import Answer, group_answers

    found: dict[tuple[str, str], Wish] = {}
    for one in things:
        name = one.name
        if one.basis == "clause" and len(one.texts) == 1:
            name = _short(next(iter(one.texts.values())))
        elif one.basis == "clause":
            largest = group_answers(Answer(quote, 1) for quote in set(one.texts.values()))[0]
            if largest.documents >= max(2, _NAMED_FROM * len(one.texts)):
                name = largest.about
        key = (one.basis, name.casefold().removesuffix("s"))
        into = found.setdefault(key, Wish(name, one.basis))
        into.documents = sorted({*into.documents, *one.documents})
        into.texts = one.texts | into.texts
    return list(found.values())


def _short(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1].rsplit(" ", 1)[0] + " …"
