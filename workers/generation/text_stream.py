"""A stream of texts: pieces that join a decoder while it writes others."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from workers.analysis import Window
from workers.decoding import Decoder, TransformersDecoder
from workers.decoding.search.beam import Written
from workers.decoding.source_stream import SourceStream


@dataclass(frozen=True, slots=True)
class WrittenText:
    """What a model wrote for a piece, or for a whole document.

    Attributes:
        confidence: The geometric mean of its tokens' probabilities, 0 to 1; None where the search
            does not say, as a greedy one.
    """

    text: str
    confidence: float | None = None


#: From the token ids of texts to the texts; see `Seq2SeqModel.texts`.
Decode = Callable[[Sequence[Sequence[int]]], list[str]]


def written_texts(decode: Decode, written: Sequence[Sequence[int]]) -> list[WrittenText]:
    """The texts of what a decoder wrote."""
    sure = [each.confidence if isinstance(each, Written) else None for each in written]
    return [WrittenText(*one) for one in zip(decode(written), sure, strict=True)]


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
        texts: Decode,
    ) -> None:
        self._decoder, self._texts = decoder, texts
        self._sources: SourceStream | None = None
        #: Pieces that should be waiting; known while it is open.
        self.queue_target = 0

    @contextmanager
    def opened(self, tick: Callable[[], None]) -> Iterator[None]:
        """See `Stream`: the weights stay in memory, and are let go at the end."""
        # Loading weights takes long.
        tick()
        with self._decoder() as decoder:
            assert isinstance(decoder, Decoder)
            self._sources, self.queue_target = decoder.stream(), decoder.queue_target
            try:
                yield
            finally:
                self._sources = None

    def add(self, windows: Sequence[Window], urgency: int | None = None) -> None:
        """Have pieces wait for their turn; what is urgent waits behind those that are there."""
        self._open.add([window.features.ids for window in windows])

    def needs_windows(self) -> bool:
        """Whether fewer wait than should, and more could be taken."""
        return self._open.needs_sources()

    def run(
        self, tick: Callable[[], None]
    ) -> Generator[list[tuple[int, list[int]]] | None, None, None]:
        """See `Stream`; what is given for each is the tokens of its text."""
        return self._open.run(tick)

    @property
    def _open(self) -> SourceStream:
        assert self._sources is not None
        return self._sources

    def outputs(self, raw: Sequence[Sequence[int]]) -> list[WrittenText]:
        """The texts."""
        return written_texts(self._texts, raw)
