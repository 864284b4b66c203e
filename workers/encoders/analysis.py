"""An analysis whose model is an encoder: what the engine wants to know of it, the encoder knows."""

from __future__ import annotations

from typing import Any, ClassVar

from schema.catalog import Catalog
from workers.analysis import Analysis, Provenance
from workers.encoders.encoder import load_encoder
from workers.encoders.precision_trial import CLASSES, TrialInputs
from workers.models.registry import ModelRegistry


class EncoderAnalysis(Analysis):
    """Loads its one model, which reads rows of tokens; what they mean is up to subclasses.

    Class attributes:
        auto_model_class: Of Transformers, e.g. `AutoModelForSequenceClassification`.
        compared: What has to stay the same where a smaller precision is tried.
    """

    auto_model_class: ClassVar[Any]
    compared: ClassVar[TrialInputs] = CLASSES

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's table of this name."""
        entry = catalog.entry(self.name)
        self._encoder = load_encoder(entry, self.auto_model_class, device, self.compared)
        self._loaded = self._encoder.loaded
        if models is not None:
            models.pin(entry.model, self._encoder)

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
        """How many threads may run `forward` at once and gain by it; the model says so."""
        return self._encoder.lanes

    @property
    def queues(self) -> bool:
        """Whether batches are computed one behind the other, as on a GPU."""
        return self._encoder.queues

    @property
    def measurable(self) -> bool:
        """Unless the catalog gives a budget, or the model is tiny."""
        return self._encoder.loaded.measurable

    def provenance(self) -> list[Provenance]:
        """The one model."""
        return [self._encoder.loaded.provenance]
