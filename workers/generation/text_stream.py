"""A stream of texts: pieces that join a decoder while it writes others."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager

from workers.analysis import Window
from workers.decoding import Decoder, TransformersDecoder
from workers.decoding.source_stream import SourceStream


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
        #: Sources that came before the decoder was open.
        self._early: list[list[int]] = []
        self._sources: SourceStream | None = None

    @property
    def queue_target(self) -> int:
        """Pieces that should be waiting."""
        with self._decoder() as decoder:
            assert isinstance(decoder, Decoder)
            return decoder.queue_target

    def add(self, windows: Sequence[Window]) -> None:
        """Have pieces wait for their turn."""
        ids = [window.features.ids for window in windows]
        if self._sources is None:
            self._early += ids
        else:
            self._sources.add(ids)

    def needs_windows(self) -> bool:
        """Whether fewer wait than should, and more could be taken."""
        return self._sources is not None and self._sources.needs_sources()

    def run(
        self, tick: Callable[[], None]
    ) -> Generator[list[tuple[int, list[int]]] | None, None, None]:
        """See `Stream`; what is given for each is the tokens of its text."""
        # Loading weights takes long.
        tick()
        with self._decoder() as decoder:
            assert isinstance(decoder, Decoder)
            self._sources = decoder.stream()
            self._sources.add(self._early)
            yield from self._sources.run(tick)

    def outputs(self, raw: Sequence[Sequence[int]]) -> list[str]:
        """The texts."""
        return self._texts(raw)
