"""An analysis whose model is an encoder: what the engine wants to know of it, the encoder knows."""

from __future__ import annotations

from workers.analysis import Analysis, Provenance
from workers.encoders.encoder import Encoder


class EncoderAnalysis(Analysis):
    """To be subclassed, by setting `_encoder` at the beginning.

    Attributes:
        _encoder: The one model.
    """

    _encoder: Encoder

    @property
    def batch_tokens(self) -> int:
        """The most padded tokens that `forward` takes at once."""
        return self._encoder.loaded.batch_tokens

    @property
    def packs(self) -> bool:
        """Whether the model's architecture is one of those that go without padding."""
        return self._encoder.packs

    @property
    def lanes(self) -> int:
        """Of the model."""
        return self._encoder.lanes

    @property
    def queues(self) -> bool:
        """On a GPU."""
        return self._encoder.queues

    @property
    def measurable(self) -> bool:
        """Unless the catalog gives a budget, or the model is tiny."""
        return self._encoder.loaded.measurable

    def provenance(self) -> list[Provenance]:
        """The one model."""
        return [self._encoder.loaded.provenance]
