"""A stream of texts: pieces that join a decoder while it writes others."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

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
        self._sources = decoder.stream()

    @property
    def queue_target(self) -> int:
        """Pieces that should be waiting."""
        return self._decoder.queue_target

    def add(self, windows: Sequence[Window]) -> None:
        """Have pieces wait for their turn."""
        self._sources.add([window.features.ids for window in windows])

    def needs_windows(self) -> bool:
        """Whether fewer wait than should, and more could be taken."""
        return self._sources.needs_sources()

    def run(
        self, tick: Callable[[], None]
    ) -> Generator[list[tuple[int, list[int]]] | None, None, None]:
        """See `Stream`; what is given for each is the tokens of its text."""
        return self._sources.run(tick)

    def outputs(self, raw: Sequence[Sequence[int]]) -> list[str]:
        """The texts."""
        return self._model.texts(raw)
