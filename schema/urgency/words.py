"""Words of texts and of phrases, by which it is known quickly which phrases a text cannot hold.

To look for thousands of phrases in a text takes a hundred times as long as to take it to pieces,
and nearly every text holds none of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise, product

_WORD = re.compile(r"\w+")
#: Of each character of a plain text what it is without regard to case, and a blank for what stands
#: between words. An apostrophe is between words, too.
_PLAIN = bytes(ord(chr(code).lower()) if _WORD.match(chr(code)) else 32 for code in range(128))
_PLAIN += bytes(range(128, 256))
#: Letters that the expressions, which ignore case, take for an i; and a mark that stands between
#: words, but becomes a letter where case is folded.
_FOLDED = str.maketrans({"ı": "i", "İ": "i", "\u0345": " "})
#: Words that are remembered, before all are forgotten.
_REMEMBERED = 200_000
#: Texts from which it is known well enough which words are rare.
_MANY = 1_000


def words_of(text: str) -> list[bytes]:
    """The words of a text without regard to case, encoded: all that expressions of phrases take for
    one, so that a phrase of which a word is missing is not in the text.
    """
    if text.isascii():
        return text.encode().translate(_PLAIN).split()
    return [_encoded(word) for word in _WORD.findall(_folded(text))]


def _folded(text: str) -> str:
    return text.translate(_FOLDED).casefold()


def _encoded(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")


def _beginnings(word: str) -> Iterator[tuple[bytes, bool]]:
    """Of a word of a phrase what one of the words of a text has to be, if the phrase is in it; and
    whether it need only begin like that.
    """
    stem, star, _ = _folded(word).replace("’", "'").partition("*")
    # A hyphen is always between two words, an apostrophe may be left out.
    pieces = [piece for piece in re.split(r"[^\w']+", stem) if piece.strip("'")]
    longest = max(pieces, key=len, default="")
    is_last = bool(star) and (not pieces or longest is pieces[-1])
    parts = longest.split("'")
    core = max(range(len(parts)), key=lambda place: len(parts[place]))
    for first in range(core + 1):
        for last in range(core, len(parts)):
            joined = "".join(parts[first : last + 1])
            yield _encoded(joined), is_last and last == len(parts) - 1


def _plain_words(piece: str) -> list[bytes]:
    """The words that a piece of a phrase stands for; none where one of them may have any ending, or
    may be two words of a text.
    """
    words = piece.split("/")
    return [_encoded(_folded(word)) for word in words] if all(map(_WORD.fullmatch, words)) else []


def _pairs_of(phrase: str) -> list[set[tuple[bytes, bytes]]]:
    """All pairs of words of each two pieces of plain words, of which one is behind the other."""
    pairs = pairwise(map(_plain_words, phrase.split()))
    return [set(product(before, behind)) for before, behind in pairs if before and behind]


class WordIndex:
    """Says which of some phrases texts may hold: those of which they have a word for each piece.

    A piece is what stands between two blanks of a phrase. Not safe for threads: it learns words.

    Args:
        phrases: In the syntax of `signals.toml`.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        pieces: dict[frozenset[tuple[bytes, bool]], int] = {}
        #: By phrase its pieces; the first is what is looked for, and had better be rare.
        self._phrases: list[list[int]] = []
        #: By phrase the pairs of words of which a text has to have one of each.
        self._pairs = [_pairs_of(phrase) for phrase in phrases]
        for phrase in phrases:
            choices = [
                frozenset(start for word in piece.split("/") for start in _beginnings(word))
                for piece in phrase.split()
                if piece != "..."
            ]
            choices.sort(key=lambda choice: -min(len(start) for start, _ in choice))
            self._phrases.append([pieces.setdefault(one, len(pieces)) for one in choices])
        self._exact: dict[bytes, list[int]] = defaultdict(list)
        self._stems: dict[bytes, list[int]] = defaultdict(list)
        for choice, place in pieces.items():
            for start, is_stem in choice:
                (self._stems if is_stem else self._exact)[start].append(place)
        self._lengths = sorted({len(stem) for stem in self._stems})
        #: By word the pieces that it is one of; words that are none; words that are no first one.
        self._known: dict[bytes, tuple[int, ...]] = {}
        self._unneeded: set[bytes] = set()
        self._idle: set[bytes] = set()
        self._is_ordered = False
        self._choose_first()

    def find(self, texts: Sequence[Sequence[bytes]]) -> dict[int, list[int]]:
        """By place of a text the phrases that it may hold, by their places; others are left out.

        Args:
            texts: The words of each.
        """
        self._forget_some()
        there = self._pieces_in(texts)
        found: dict[int, list[int]] = {}
        for piece in list(there):
            for phrase in self._by_first.get(piece, ()):
                bits = there[piece]
                for other in self._phrases[phrase]:
                    bits &= there.get(other, 0)
                for place in _positions(bits, len(texts)):
                    found.setdefault(place, []).append(phrase)
        found = {place: self._in_order(texts[place], held) for place, held in found.items()}
        if not self._is_ordered and len(texts) >= _MANY:
            self._order({piece: bits.bit_count() for piece, bits in there.items()})
        return {place: held for place, held in found.items() if held}

    def _in_order(self, words: Sequence[bytes], phrases: Sequence[int]) -> list[int]:
        """Of some phrases those whose words stand in a text one behind the other."""
        there = set(zip(words, words[1:], strict=False))
        return [phrase for phrase in phrases if not any(map(there.isdisjoint, self._pairs[phrase]))]

    def _pieces_in(self, texts: Sequence[Sequence[bytes]]) -> dict[int, int]:
        """By piece a number that has a byte for each text: 1 where the text has the piece. Texts
        without the first piece of any phrase are left out.

        Nothing that Python has joins sets of thousands of texts more quickly than such numbers.
        """
        rows: dict[bytes, bytearray] = {}
        known, is_idle, size = self._known, self._idle.__contains__, len(texts)
        for place, words in enumerate(texts):
            if all(map(is_idle, words)):
                continue
            for word in set(words) - self._unneeded:
                if word not in known and not self._learn(word):
                    continue
                if word not in rows:
                    rows[word] = bytearray(size)
                rows[word][place] = 1
        there: dict[int, int] = defaultdict(int)
        for word, row in rows.items():
            bits = int.from_bytes(row, "little")
            for piece in known[word]:
                there[piece] |= bits
        return there

    def _learn(self, word: bytes) -> bool:
        """Whether a word that is new is in any phrase."""
        pieces = set(self._exact.get(word, ()))
        for stem in {word[:length] for length in self._lengths} & self._stems.keys():
            pieces.update(self._stems[stem])
        if not pieces:
            self._unneeded.add(word)
        else:
            self._known[word] = tuple(sorted(pieces))
        if self._by_first.keys().isdisjoint(pieces):
            self._idle.add(word)
        return bool(pieces)

    def _forget_some(self) -> None:
        if len(self._known) + len(self._unneeded) > _REMEMBERED:
            for remembered in (self._known, self._unneeded, self._idle):
                remembered.clear()

    def _order(self, counts: dict[int, int]) -> None:
        """Look from now on for that piece of each phrase that the fewest texts have."""
        for pieces in self._phrases:
            pieces.sort(key=lambda piece: counts.get(piece, 0))
        self._is_ordered = True
        self._choose_first()

    def _choose_first(self) -> None:
        self._by_first: dict[int, list[int]] = defaultdict(list)
        for phrase, pieces in enumerate(self._phrases):
            self._by_first[pieces[0]].append(phrase)
        first = self._by_first.keys()
        idle = [word for word, pieces in self._known.items() if first.isdisjoint(pieces)]
        self._idle = self._unneeded | set(idle)


def _positions(bits: int, size: int) -> Iterator[int]:
    """Where a number has a byte that is 1."""
    if not bits:
        return
    row = bits.to_bytes(size, "little")
    place = row.find(1)
    while place >= 0:
        yield place
        place = row.find(1, place + 1)
