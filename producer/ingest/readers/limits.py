"""Limits of what is read for one row: no real file meets them, and a bomb soon does.

A few megabytes of gzip may hold gigabytes of line ends, or of one field; they would be read for
minutes to end in nothing. What meets a limit ends the ingestion with one sentence.
"""

from __future__ import annotations

from producer.ingest.errors import InputError

#: Blank lines one behind the other: more than a spreadsheet has rows.
MOST_BLANK_LINES = 1 << 21
#: Characters that are read without finding a row among them: one endless line, the lines behind a
#: quotation mark that is not closed, rows that all have too many fields.
MOST_WITHOUT_ROW = 1 << 26
#: Bytes of what is unpacked for one of a packed file; customers' words make five to ten.
MOST_UNPACKED = 200
#: Bytes that may be unpacked whatever they were packed into.
FREE_UNPACKED = 1 << 26


def check_unpacked(name: str, unpacked: int, packed: int, fix: str) -> None:
    """Refuse to read on in what is unpacked from next to nothing.

    Args:
        name: The input.
        unpacked: Bytes so far.
        packed: Bytes of the file that they are from.
        fix: What to do where it is meant.

    Raises:
        InputError: If there are too many.
    """
    if unpacked > max(FREE_UNPACKED, MOST_UNPACKED * packed):
        raise InputError(
            f"{name} unpacks to more than {MOST_UNPACKED} times its size, as a bomb does "
            f"({unpacked:,} bytes of {packed:,}); if that is meant, {fix}"
        )
