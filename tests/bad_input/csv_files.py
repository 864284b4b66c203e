"""CSV and TSV files of good and bad rows in many encodings, line ends and ways of quoting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.bad_input.example import TEXT_LIMIT, Good, Line, TextFile
from tests.bad_input.texts import CELLS, GOOD_TEXTS, NO_TEXTS, in_codec, with_words

#: Codec, and whether it must be asked for; bytes that it does not have.
CODECS = {
    "utf-8": (False, b"\xff"),
    "utf-8-sig": (False, b"\xe2\x82"),
    "utf-16": (False, b"\x00\xdc"),
    "utf-16-le": (True, b"\x00\xdc"),
    "utf-32": (False, b"\xff\xff\xff\x7f"),
    "cp1252": (True, b"\x81"),
    "latin-1": (True, None),
    "shift_jis": (True, b"\xff"),
    "gb18030": (True, b"\xff"),
}
_ENDS = ("\n", "\r\n", "\r", "\n\n", "\r\n\n\r")
_HEADERS = (
    ("id", "text"),
    ("ID", "Review Text"),
    ("review_id", "comment"),
    ("Id", "reviewBody"),
)
_GIGANTIC = 1_100_000


@dataclass(frozen=True)
class Style:
    """How a file is written."""

    codec: str
    delimiter: str
    tabs: bool
    quote_all: bool
    ends: tuple[str, ...]

    def encode(self, text: str) -> bytes:
        """Without a byte-order mark."""
        codec = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
        return text.encode(codec.get(self.codec, self.codec))

    def field(self, value: str) -> str:
        """Quoted where it must be, or always."""
        if self.quote_all or any(mark in value for mark in ('"', "\r", "\n", self.delimiter)):
            return '"' + value.replace('"', '""') + '"'
        return value

    def row(self, fields: list[str]) -> str:
        """Without its line end."""
        return self.delimiter.join(map(self.field, fields))


@st.composite
def styles(draw: st.DrawFn) -> Style:
    """Ways of writing."""
    tabs = draw(st.booleans())
    return Style(
        codec=draw(st.sampled_from([*CODECS, "utf-8", "utf-8"])),
        delimiter="\t" if tabs else draw(st.sampled_from(",,;\t|")),
        tabs=tabs,
        quote_all=draw(st.booleans()),
        ends=draw(st.sampled_from([("\n",), ("\r\n",), ("\r",), _ENDS])),
    )


@st.composite
def csv_files(draw: st.DrawFn) -> TextFile:
    """Files of 1 to 12 rows."""
    style = draw(styles())
    extra = draw(st.lists(st.sampled_from(["extra", "extra", "", "=x"]), max_size=2))
    with_time = draw(st.booleans())
    header = [*draw(st.sampled_from(_HEADERS)), *(["created_at"] if with_time else []), *extra]
    names = _unique(header)[len(header) - len(extra) :]
    lines: list[Line] = []
    kinds = draw(
        st.lists(st.sampled_from(_kinds(style, len(header), with_time)), min_size=1, max_size=12)
    )
    last: tuple[list[str], Good] | None = None
    for number, kind in enumerate(kinds):
        fields = [f"k{number}", with_words(in_codec(draw(GOOD_TEXTS), style.codec))]
        fields += [draw(_TIMES)] if with_time else []
        cells = [in_codec(draw(CELLS), style.codec) for _ in extra]
        good = Good(fields[0], fields[1], dict(zip(names, cells, strict=True)))
        fields += cells
        end = style.encode(draw(st.sampled_from(style.ends)))
        if kind == "no time":
            # It costs the time, which stays as it is written.
            fields[2] = draw(_NO_TIMES)
            good = Good(good.id, good.text, good.metadata | {"created_at": fields[2]})
        if kind in ("good", "no time"):
            last = fields, good
            lines.append(Line(style.encode(style.row(fields)) + end, good))
        elif kind == "again" and last:
            lines.append(Line(style.encode(style.row(last[0])) + end, duplicate=True))
        elif kind == "short" and names and extra[-1]:
            good.metadata[names[-1]] = ""
            lines.append(Line(style.encode(style.row(fields[:-1])) + end, good))
        elif kind == "other text" and last:
            other = [last[0][0], "another text", *last[0][2:]]
            lines.append(Line(style.encode(style.row(other)) + end))
        else:
            content = _BAD.get(kind, _no_text)(draw, style, fields)
            lines.append(Line(content + end))
    must_ask, _ = CODECS[style.codec]
    return TextFile(
        name="autumn.tsv" if style.tabs else "autumn.csv",
        head="".encode(style.codec) + style.encode(style.row(header) + style.ends[0]),
        lines=tuple(lines),
        # A few broken bytes among letters of ASCII may be another encoding.
        arguments=("--encoding", style.codec) if must_ask or "broken" in kinds else (),
    )


_TIMES = st.sampled_from(["", "2026-10-05", "2026-10-05T15:03:10+02:00", "1700000000", "NaT"])
_NO_TIMES = st.sampled_from(["yesterday", "13/13/2026", "9" * 5_000, "2026-02-30", "=1+1", "\t-1"])


def _kinds(style: Style, width: int, with_time: bool) -> list[str]:
    kinds = ["good"] * 12 + [
        "again",
        "other text",
        "no text",
        # Of more columns, the blank fields at the end may be missing.
        "few" if width == 2 else "short",
        "many",
        "nul",
        "nul id",
        "long",
    ]
    if with_time:
        kinds.append("no time")
    if CODECS[style.codec][1]:
        kinds.append("broken")
    if style.delimiter != "\t":
        kinds.append("after the quote")
        if style.quote_all:
            # The quotation mark that the next row begins with shows that it is not closed.
            kinds.append("not closed")
    if style.codec == "utf-8" and style.quote_all:
        kinds.append("gigantic")
    return kinds


def _no_text(draw: st.DrawFn, style: Style, fields: list[str]) -> bytes:
    return style.encode(style.row([fields[0], in_codec(draw(NO_TEXTS), style.codec), *fields[2:]]))


def _few(draw: st.DrawFn, style: Style, fields: list[str]) -> bytes:
    return style.encode(style.row(fields[:-1]))


def _many(draw: st.DrawFn, style: Style, fields: list[str]) -> bytes:
    return style.encode(style.row(fields + ["x"] * draw(st.sampled_from([1, 2, 12_000]))))


def _nul(draw: st.DrawFn, style: Style, fields: list[str]) -> bytes:
    return style.encode(style.row([fields[0], "a few\0 words", *fields[2:]]))


def _nul_id(draw: st.DrawFn, style: Style, fields: list[str]) -> bytes:
    return style.encode(style.row([f"{fields[0]}\0", *fields[1:]]))


def _long(draw: st.DrawFn, style: Style, fields: list[str]) -> bytes:
    return style.encode(style.row([fields[0], "x" * (TEXT_LIMIT + 1), *fields[2:]]))


def _broken(draw: st.DrawFn, style: Style, fields: list[str]) -> bytes:
    _, broken = CODECS[style.codec]
    assert broken
    mark = style.encode("@@@")
    whole = style.encode(style.row([fields[0], "a @@@ b", *["y" for _ in fields[2:]]]))
    return whole.replace(mark, broken)


def _after_the_quote(draw: st.DrawFn, style: Style, fields: list[str]) -> bytes:
    return style.encode(style.delimiter.join([f'"{fields[0]}"x', *["y" for _ in fields[1:]]]))


def _not_closed(draw: st.DrawFn, style: Style, fields: list[str]) -> bytes:
    return style.encode(style.delimiter.join([f'"{fields[0]}"', *["y" for _ in fields[2:]], '"z']))


def _gigantic(draw: st.DrawFn, style: Style, fields: list[str]) -> bytes:
    # Once in a while only: it takes long.
    size = draw(st.sampled_from([TEXT_LIMIT + 1] * 30 + [_GIGANTIC, 4 * _GIGANTIC]))
    return style.encode(style.row([fields[0], "x" * size, *fields[2:]]))


_BAD: dict[str, Callable[[st.DrawFn, Style, list[str]], bytes]] = {
    "no text": _no_text,
    "few": _few,
    "many": _many,
    "nul": _nul,
    "nul id": _nul_id,
    "long": _long,
    "broken": _broken,
    "after the quote": _after_the_quote,
    "not closed": _not_closed,
    "gigantic": _gigantic,
}


def _unique(header: list[str]) -> list[str]:
    names: list[str] = []
    for place, name in enumerate(header, 1):
        name = name or f"column {place}"
        names.append(f"{name} {place}" if name in names else name)
    return names
