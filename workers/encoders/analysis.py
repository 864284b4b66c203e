"""An analysis whose model is an encoder: what the engine wants to know of it, the encoder knows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar

from schema.catalog import Catalog
from workers.analysis import Analysis, Provenance, Window
from workers.encoders.encoder import load_encoder
from workers.encoders.interface import Floats
from workers.encoders.packed import PackedEncoder
from workers.encoders.precision_trial import CLASSES, TrialInputs
from workers.errors import ModelError
from workers.models.registry import ModelRegistry
from workers.runtime.device_errors import is_out_of_memory, raise_worker_fault


class EncoderAnalysis(Analysis):
    """Loads its one model, which reads rows of tokens; what they mean is up to subclasses.

    Class attributes:
        auto_model_class: Of Transformers, e.g. `AutoModelForSequenceClassification`.
        compared: What has to stay the same where a smaller precision is tried.
        needs_offsets: Whether it says where in a text something stands, so that a slow tokenizer,
            which does not know where its tokens stand, is of no use to it.
        reads_texts: Whether its windows are those of `Classifier.windows`, of nothing but the
            documents' texts. Then it goes through the encoder with others that stand on the same.
    """

    auto_model_class: ClassVar[Any]
    compared: ClassVar[TrialInputs] = CLASSES
    needs_offsets: ClassVar[bool] = True
    reads_texts: ClassVar[bool] = False

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's table of this name."""
        entry = catalog.entry(self.name)
        self._encoder = load_encoder(entry, self.auto_model_class, device, self.compared)
        if self.needs_offsets and not self._encoder.loaded.tokenizer.is_fast:
            raise ModelError(
                f"model {entry.model!r} has a slow tokenizer alone, so nobody can tell where its "
                f"tokens stand in a text, which {self.name} needs; name another `model` in the "
                "catalog that TRIAGE_MODELS names"
            )
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
        """Unless the catalog gives a budget, the device is a CPU, or the model is tiny."""
        return self._encoder.loaded.measurable

    @property
    def sharing(self) -> Hashable | None:
        """The encoder and all that its input depends on, if the model is a head on one. Heads may
        know different languages: a document goes through for those that read it.
        """
        return self._encoder.sharing if self.reads_texts else None

    @abstractmethod
    def read(self, windows: Sequence[Window], logits: Floats) -> list[Any]:
        """What `forward` gives of a batch, from its logits, as `EncoderForward` has them."""

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Any]:
        """One batch through the model; windows have rows of tokens as features."""
        rows = [window.features for window in windows]
        return self.read(windows, self._encoder.forward(rows, on_progress))

    def forward_together(
        self,
        analyses: Sequence[Analysis],
        windows: Sequence[Window],
        on_progress: Callable[[], None],
    ) -> list[list[Any] | Exception]:
        """One batch once through the encoder, and through the head of each analysis."""
        own = self._encoder.forward
        assert isinstance(own, PackedEncoder)
        kin = [one for one in analyses if isinstance(one, EncoderAnalysis)]
        others = [one._encoder.forward for one in kin]
        heads = [other for other in others if isinstance(other, PackedEncoder)]
        assert len(heads) == len(analyses), "an analysis that does not stand on the same encoder"
        rows = [window.features for window in windows]
        logits = own.together(rows, heads, on_progress)
        return [one._read_isolated(windows, some) for one, some in zip(kin, logits, strict=True)]

    def _read_isolated(
        self, windows: Sequence[Window], logits: Floats | Exception
    ) -> list[Any] | Exception:
        if isinstance(logits, Exception):
            return logits
        try:
            return self.read(windows, logits)
        except Exception as error:
            if is_out_of_memory(error):
                raise
            raise_worker_fault(error)
            return error.with_traceback(None)

    def provenance(self) -> list[Provenance]:
        """The one model."""
        return [self._encoder.loaded.provenance]
