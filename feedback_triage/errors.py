"""What cannot be done, as an exception with the sentence that the command line has for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class TriageError(Exception):
    """Says in one sentence what is wrong, with which file, column, run or setting, and what to do.

    Attributes:
        retry: Whether the same call may do better later, as when the database cannot be reached.
    """

    def __init__(self, sentence: str, *, retry: bool = False) -> None:
        super().__init__(sentence)
        self.retry = retry


@contextmanager
def explained() -> Iterator[None]:
    """Raise what a user can mend as a `TriageError`, and all else as it is."""
    try:
        yield
    except Exception as error:
        # Here and not above: this takes time, and mostly nothing goes wrong.
        from producer.errors import explain
        from producer.exit_codes import TRY_AGAIN

        if (known := explain(error)) is None:
            raise
        raise TriageError(known.sentence, retry=known.code == TRY_AGAIN) from error
