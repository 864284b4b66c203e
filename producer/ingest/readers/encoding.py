"""Text encodings: found by a byte-order mark or by the bytes, or asked for, with broken bytes kept
apart."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from charset_normalizer import from_bytes

from producer.ingest.errors import IngestError, InputError

#: Error handler that decodes a broken byte b to the lone surrogate U+DC00 + b, so that the rest of
#: the file stays readable and the row is known as broken. Python's own `surrogateescape` (PEP 383)
#: does the same for bytes from 0x80 only, which is too little for UTF-16.
KEEP_BROKEN = "triage-keep-broken"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before UTF-16, whose mark begins the same.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Codecs that cannot do without one.
_MARKED = ("utf-16", "utf-32")

#: Encodings that files of feedback have, beside UTF-8. Python knows many more that fit any bytes.
_LEGACY = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("cp932", "gb18030", "big5", "cp949", "euc_jp", "koi8_r", "mac_roman", "cp437"),
)
_WESTERN = "äöüßéèêëàâçñáíóúïîôûùìòœæøåãõº“”‘’„‚–—…€£°®™«»¿¡·•´\xa0"
#: The letters beside ASCII of Latin scripts, in the order in which they are likely. A library that
#: has them all takes German for Mac Roman and Czech for Turkish.
_LETTERS = {
    codec: frozenset(letters + letters.upper())
    for codec, letters in {
        "cp1252": _WESTERN,
        "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžőűöüăâîşţäôľĺŕđ“”‘’„‚–—…€°«»\xa0",
        "cp1254": "çğıöşüâîûİ“”‘’–—…€°\xa0",
        "mac_roman": _WESTERN,
    }.items()
}
_JAPANESE = ("cp932", "euc_jp")
#: Part of Japanese that is kana, at least.
_MUCH_KANA = 0.3
#: Part of the characters beside ASCII that has to be such letters.
_SURE = 0.9
#: Bytes of the lines with others than ASCII that are looked at: enough to tell, and soon done.
_LOOKED_AT = 1 << 14


class ChosenEncoding(NamedTuple):
    """How a text is decoded.

    Attributes:
        codec: Python's name.
        is_guess: Whether the bytes alone speak for it, so that the user should know.
    """

    codec: str
    is_guess: bool = False


def _keep_broken(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in broken), error.end


codecs.register_error(KEEP_BROKEN, _keep_broken)


#: The reason of a row with such bytes, where the user may know better.
BROKEN_ENCODING = "broken encoding; if all rows are, give --encoding"


def is_broken(text: str) -> bool:
    """Whether decoding has met bytes that the encoding does not have."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def choose_encoding(name: str, head: bytes, asked: str | None) -> ChosenEncoding:
    """The codec to read an input with.

    Args:
        name: The input.
        head: Its first bytes.
        asked: What `--encoding` says.

    Raises:
        IngestError: If there is no such encoding.
        InputError: If this is no text.
    """
    if asked is not None:
        codec = _known(asked)
        if codec in _MARKED and not any(head.startswith(mark) for mark, _ in _MARKS[1:]):
            raise InputError(
                f"{name} has no byte-order mark; give --encoding {codec}-le, or {codec}-be"
            )
        return ChosenEncoding(codec)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return ChosenEncoding(encoding)
    if head.count(0) * 5 > len(head):
        return ChosenEncoding(_wide(name, head), is_guess=True)
    return _utf8_or_legacy(head)


def _wide(name: str, head: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: of each character some bytes are zero, always the same."""
    quarters = [head[offset::4].count(0) / max(1, len(head[offset::4])) for offset in range(4)]
    zero = [share > 0.7 for share in quarters]
    codecs_by_zeros = {
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
    }
    codec = codecs_by_zeros.get(tuple(zero))  # type: ignore[arg-type]
    if codec is None:
        raise InputError(
            f"{name} is not UTF-8 text; if it is UTF-16 without a byte-order mark, give "
            "--encoding utf-16-le"
        )
    return str(codec)


def _utf8_or_legacy(head: bytes) -> ChosenEncoding:
    text = codecs.getincrementaldecoder("utf-8")(KEEP_BROKEN).decode(head)
    if not is_broken(text):
        return ChosenEncoding("utf-8")
    broken = sum("\udc00" <= character <= "\udcff" for character in text)
    good = sum(character >= "\x80" for character in text) - broken
    if good >= broken:
        # Some rows of another program among those that are UTF-8.
        return ChosenEncoding("utf-8")
    # The last line may end within a character.
    whole = head[: head.rfind(b"\n") + 1] or head
    told = b"\n".join(line for line in whole.splitlines() if not line.isascii())[:_LOOKED_AT]
    if not told:
        return ChosenEncoding("utf-8")
    codec = _legacy(told)
    return ChosenEncoding(codec, is_guess=True) if codec else ChosenEncoding("utf-8")


def _legacy(told: bytes) -> str | None:
    if b"\0" in told:
        return None
    shares = {codec: _share(told, codec, letters) for codec, letters in _LETTERS.items()}
    likely = max(shares, key=lambda codec: shares[codec])
    if shares[likely] > _SURE:
        return likely
    for codec in _JAPANESE:
        if _kana(told, codec) > _MUCH_KANA:
            return codec
    best = from_bytes(told, cp_isolation=list(_LEGACY), enable_fallback=False).best()
    if best is not None:
        return str(best.encoding)
    return likely if shares[likely] else None


def _kana(told: bytes, codec: str) -> float:
    """How many of the characters beside ASCII are kana, which no other decoding gives many of."""
    try:
        text = told.decode(codec)
    except UnicodeDecodeError:
        return 0.0
    others = [character for character in text if character > "\x7f"]
    return sum("\u3040" <= character <= "\u30ff" for character in others) / max(1, len(others))


def _share(told: bytes, codec: str, letters: frozenset[str]) -> float:
    """How many of the characters beside ASCII are such as its languages have; 0 where these are
    not a few among many of ASCII, as in Latin script."""
    try:
        text = told.decode(codec)
    except UnicodeDecodeError:
        return 0.0
    others = [character for character in text if character > "\x7f"]
    plain = sum(character.isalpha() for character in text) - sum(map(str.isalpha, others))
    if len(others) > plain:
        return 0.0
    return sum(character in letters for character in others) / len(others)


def _known(asked: str) -> str:
    try:
        codec = codecs.lookup(asked)
        # Some of Python's are no encodings of text, or cannot go on behind a broken byte.
        "".encode(asked)
        codecs.getincrementaldecoder(asked)(KEEP_BROKEN).decode(b"a")
    except (LookupError, ValueError):
        raise IngestError(
            f"--encoding {asked!r} is unknown; try utf-8, utf-16, cp1252 or latin-1"
        ) from None
    return "utf-8-sig" if codec.name == "utf-8" else codec.name
