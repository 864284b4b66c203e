"""Documents that an ingestion has seen: a bit for each, so that millions fit into little memory."""

from __future__ import annotations

from collections.abc import Iterable

#: Bits of a page. Ids follow each other, so few pages have but some of them.
_PAGE = 1 << 15


class SeenDocuments:
    """A set of ids of documents."""

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}

    def add(self, ids: Iterable[int]) -> None:
        """Put ids in."""
        page, bits = -1, bytearray()
        for number in ids:
            # Ids follow each other: most are of the page of the one before.
            if number // _PAGE != page:
                page = number // _PAGE
                bits = self._pages.setdefault(page, bytearray(_PAGE >> 3))
            bits[number % _PAGE >> 3] |= 1 << (number & 7)

    def __contains__(self, number: int) -> bool:
        page, bit = divmod(number, _PAGE)
        bits = self._pages.get(page)
        return bits is not None and bool(bits[bit >> 3] & 1 << (bit & 7))
