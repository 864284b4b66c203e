"""A stream of texts: pieces that join a decoder while it writes others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from workers.analysis import Window
from workers.decoding import Decoder, TransformersDecoder


class TextStream:
    """Pieces that come while others are on their way; an analysis's `Stream`.

    Args:
        decoder: Opens what writes, a `Decoder`, whose weights stay in memory until it is closed.
        texts: Reads what it has written, see `Seq2SeqModel.texts`.
    """

    by_batches = False

    def __init__(
        self,
        decoder: Callable[[], AbstractContextManager[Decoder | TransformersDecoder]],
        texts: Callable[[Sequence[Sequence[int]]], list[str]],
    ) -> None:
        self._decoder, self._texts = decoder, texts

    @property
    def wants(self) -> int:
        """Pieces that should be waiting."""
        with self._decoder() as decoder:
            assert isinstance(decoder, Decoder)
            return decoder.wants

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

        # Loading weights takes long.
        on_step()
        with self._decoder() as decoder:
            assert isinstance(decoder, Decoder)
            decoder.stream(ids(windows), on_step, on_output, lambda: ids(more()))

    def outputs(self, raw: Sequence[Sequence[int]]) -> list[str]:
        """The texts."""
        return self._texts(raw)
