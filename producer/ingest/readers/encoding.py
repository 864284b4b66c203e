"""Text encodings: found by a byte-order mark or asked for, with broken bytes kept apart."""

from __future__ import annotations

import codecs

from producer.ingest.errors import IngestError

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


def _keep_broken(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in broken), error.end


codecs.register_error(KEEP_BROKEN, _keep_broken)


def is_broken(text: str) -> bool:
    """Whether decoding has met bytes that the encoding does not have."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def choose_encoding(name: str, head: bytes, asked: str | None) -> str:
    """The codec to read an input with.

    Args:
        name: The input.
        head: Its first bytes.
        asked: What `--encoding` says; UTF-8, or what the byte-order mark says, when None.

    Raises:
        IngestError: If there is no such encoding, or the input is obviously in another.
    """
    if asked is not None:
        codec = _known(asked)
        if codec in _MARKED and not any(head.startswith(mark) for mark, _ in _MARKS[1:]):
            raise IngestError(
                f"{name} has no byte-order mark; give --encoding {codec}-le, or {codec}-be"
            )
        return codec
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if head.count(0) * 5 > len(head):
        raise IngestError(
            f"{name} is not UTF-8 text; if it is UTF-16 without a byte-order mark, give "
            "--encoding utf-16-le"
        )
    return "utf-8"


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
