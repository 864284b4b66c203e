"""A row with its number: which row of which input it is, so that it is counted once."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from producer.ingest.readers.row import Reject, Row, json_line
from producer.ingest.validation.feedback import Feedback


@dataclass(frozen=True, slots=True)
class InputIdentity:
    """Which input rows are of, as `schema.tables.RunInput` has it.

    Attributes:
        digest: 16 hex digits, the same only for the same place with the same first row.
        name: What the input is called.
        source: Of its documents, where no row says another and the user none; None before it is
            known.
        doubtful: Whether most of its documents that are stored have another text there.
    """

    digest: str
    name: str
    source: str | None = None
    doubtful: bool = False


class InputRow(NamedTuple):
    """A row that has been looked into.

    Attributes:
        content: What may go in, or why it does not.
        input: The input that it is of.
        number: Which of its rows, from 1.
    """

    content: Feedback | Reject
    input: InputIdentity
    number: int


def identify_input(key: str, name: str, first: Row | Reject) -> InputIdentity:
    """Tell an input from another one, even if both come from one place, as by a pipe.

    A file that has grown, or is mended further below, is still the same one.

    Args:
        key: Where it comes from: the same for two inputs only if they are the same one.
        name: What it is called.
        first: Its first row.
    """
    content = first.fields if isinstance(first, Row) else first.row
    # As JSON, which has an answer to broken bytes and to whatever another database holds. It must
    # not change, or a run that is resumed does not know its inputs again.
    written = json_line({"file": key, "line": 0, "reason": "", "row": content})
    return InputIdentity(blake2b(written.encode(), digest_size=8).hexdigest(), name)
