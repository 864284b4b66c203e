"""HTML as text: tags and entities become what they show."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

_TAGS_TEXT = """
    a abbr address article b blockquote body br center cite code dd del div dl dt em font
    footer form h1 h2 h3 h4 h5 h6 head header hr html i img ins label li link main mark meta
    nav ol p pre q s section small span strike strong style script sub sup table tbody td
    tfoot th thead title tr tt u ul video
"""
_TAGS = _TAGS_TEXT.split()
_TAG = re.compile(rf"</?(?:{'|'.join(_TAGS)})(?:\s[^<>]*)?/?>|<!--|<!doctype", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,5});", re.IGNORECASE)
#: What is no tag: `<3`, `a < b`, `<my opinion>`.
_NO_TAG = re.compile(rf"<(?!/?(?:{'|'.join(_TAGS)})(?:\s[^<>]*)?/?>|!--|!doctype)", re.IGNORECASE)
#: Tags that begin a line, and end one.
_BLOCKS_TEXT = """
    address article blockquote br center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header
    hr li main ol p pre section table tr ul
"""
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
#: Tags whose content is not shown.
_HIDDEN = frozenset(("head", "script", "style", "title"))


def has_html(text: str) -> bool:
    """Whether a text has tags or entities of HTML."""
    return bool(("<" in text and _TAG.search(text)) or ("&" in text and _ENTITY.search(text)))


def html_to_text(text: str) -> str:
    """What a browser would show of it, line by line; a text without HTML stays as it is."""
    if not has_html(text):
        return text
    if not _TAG.search(text):
        return unescape(text)
    parser = _Parser()
    parser.feed(_NO_TAG.sub("&lt;", text))
    parser.close()
    return parser.shown()


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._hidden = 0
        self._quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, where the tag does."""
        self._hidden += tag in _HIDDEN
        self._quotes += tag == "blockquote"
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        """End a line, where the tag does."""
        self._hidden = max(0, self._hidden - (tag in _HIDDEN))
        self._break(tag)
        self._quotes = max(0, self._quotes - (tag == "blockquote"))

    def handle_data(self, data: str) -> None:
        """Take what is shown."""
        if not self._hidden:
            self._parts.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            # A quotation is marked as in plain mail, so that it can be told apart there too.
            self._parts.append("\n" + "> " * self._quotes)
        elif tag in ("td", "th"):
            self._parts.append(" ")

    def shown(self) -> str:
        """The text."""
        lines = [" ".join(line.split(" ")).strip() for line in "".join(self._parts).split("\n")]
        kept = [line for line in lines if line.strip("> ")]
        return "\n".join(re.sub(r" {2,}", " ", line) for line in kept)
