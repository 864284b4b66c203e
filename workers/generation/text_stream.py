"""A stream of texts: pieces that join a decoder while it writes others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workers.analysis import Window
from workers.decoding import Decoder
from workers.generation.model import Seq2SeqModel


class TextStream:
    """Pieces that come while others are on their way; an analysis's `Stream`.

    Args:
        decoder: Writes.
        model: Reads what it has written.
    """

    by_batches = False

    def __init__(self, decoder: Decoder, model: Seq2SeqModel) -> None:
        self._decoder, self._model = decoder, model

    @property
    def wants(self) -> int:
        """Pieces that should be waiting."""
        return self._decoder.wants

    def run(
        self,
        windows: Sequence[Window],
        on_step: Callable[[], None],
        on_output: Callable[[int, list[int]], None],
        more: Callable[[], Sequence[Window]],
    ) -> None:
        """See `Stream`; what is given for each is the tokens of its text."""

        def ids(some: Sequence[Window]) -> list[list[int]]:
            return [window.features.ids for window in some]

        self._decoder.stream(ids(windows), on_step, on_output, lambda: ids(more()))

    def outputs(self, raw: Sequence[Sequence[int]]) -> list[str]:
        """The texts."""
        return self._model.texts(raw)
