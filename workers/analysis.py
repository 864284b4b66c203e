"""What an analysis is to the engine: prepare a document, run a batch of windows, assemble results.

The engine owns batching, order and faults; an analysis owns its model and what its outputs mean.
A new analysis is one module in `workers/analyses/` with one subclass.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Hashable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from schema.catalog import Catalog
from schema.document import Document
from schema.languages import fold_language
from schema.options import RunOptions
from schema.results import Abstention, Result
from schema.results.outcome import Provenance
from workers.errors import DocumentError

if TYPE_CHECKING:
    from workers.models.registry import ModelRegistry


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a document that fits the model: one row of a batch.

    Attributes:
        length: Its tokens, special tokens included: what the row costs.
        features: Whatever the analysis needs in `forward` and `assemble`.
        group: Windows of different groups never share a batch (two language pairs, say).
        analyses: Names of all that the window is computed for, where several go through their
            encoder together, see `Analysis.sharing`; none if it is the one that made it.
    """

    length: int
    features: Any
    group: str = ""
    analyses: tuple[str, ...] = ()


class Stream(Protocol):
    """Windows through a model that come while others are on their way: continuous batching."""

    @property
    def queue_target(self) -> int:
        """Windows that should be waiting before it begins, lest places stay free."""

    @property
    def by_batches(self) -> bool:
        """Whether they go in batches that the engine counts, no larger than those of one job."""

    def opened(self, tick: Callable[[], None]) -> AbstractContextManager[None]:
        """Open it: only while the block runs may windows be added, and run.

        Args:
            tick: Called in this thread before what takes long, as loading weights does.
        """

    def add(self, windows: Sequence[Window], urgency: int | None = None) -> None:
        """Have windows of a job wait; they are counted from 0. The less `urgency`, the earlier."""

    def needs_windows(self) -> bool:
        """Say, between two steps, whether so few wait that more should be added."""

    def run(
        self, tick: Callable[[], None]
    ) -> Generator[Sequence[tuple[int, Any]] | None, None, None]:
        """Run windows until none are left, those that are added between two steps among them.

        Args:
            tick: Called in this thread at every step, and within long ones; what it raises must
                pass through.

        Yields:
            After every step the windows that are through, possibly none, by their number, each
            with what the model made of it, or raised at it alone.
        """

    def outputs(self, raw: Sequence[Any]) -> list[Any]:
        """What `Analysis.forward` gives, of what the model made of windows."""


class Analysis(ABC):
    """One analysis with its model warm.

    Args:
        catalog: Where the analysis finds its model.
        device: `cpu` or `cuda:0`.
        models: Counts and keeps the weights of this process's models; None for no bound.

    Raises:
        ModelError: If the model cannot be loaded: which model, which setting, what to do.
    """

    #: As `schema.analyses.ANALYSES` names it.
    name: ClassVar[str]
    #: Raised by one where the same model gives other results than it did in a version before.
    edition: ClassVar[int] = 1
    #: The languages that its model knows, as the catalog says it; None for any.
    languages: frozenset[str] | None = None
    unclear: str | None = None  #: Why nobody can tell what its answers mean, if so.

    @abstractmethod
    def __init__(
        self, catalog: Catalog, device: str, models: ModelRegistry | None = None
    ) -> None: ...

    @classmethod
    def for_catalog(cls, catalog: Catalog) -> type[Analysis]:
        """The class to be made, where it depends on the kind of model that the catalog names."""
        return cls

    def reads(self, language: str, options: RunOptions) -> bool:
        """Whether it can read a document in this language.

        Args:
            language: As documents have it, e.g. `de`.
            options: Of the run.
        """
        return self.languages is None or fold_language(language) in self.languages

    @property
    @abstractmethod
    def batch_tokens(self) -> int:
        """The most tokens that `forward` takes at once, padding included unless it `packs`."""

    @property
    def packs(self) -> bool:
        """Whether `forward` pads nothing: a batch costs its tokens, not rows times the longest."""
        return False

    @property
    def lanes(self) -> int:
        """Threads that may run `forward` at once, and gain by it; 1 if it has lanes of its own."""
        return 1

    @property
    def queues(self) -> bool:
        """Whether batches of its lanes queue up on a GPU: then there should always be two."""
        return False

    @property
    def streams(self) -> bool:
        """Whether windows may come while others are on their way, see `stream`."""
        return False

    @property
    def measurable(self) -> bool:
        """Whether to measure at warm-up which `batch_tokens` run quickest: not if the catalog gives
        them, on a CPU, or if the model is tiny.
        """
        return False

    @property
    def sharing(self) -> Hashable | None:
        """What is equal for analyses that go through their encoder together: they make the same
        windows of the same documents, and `forward_together` serves all of them. None for one that
        has its model for itself.
        """
        return None

    @abstractmethod
    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Tokenise documents, together, into the windows that cover each.

        Returns:
            For each document, in order: its windows (at least one, unless the result needs no
            model), or the error that it is charged with.
        """

    @abstractmethod
    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Any]:
        """Run one batch, all of one group; an output for each window, in order.

        Called in several threads at once if it has several `lanes`. It may raise whatever it likes:
        the engine finds out which window is to blame.

        Args:
            windows: At least one.
            on_progress: To be called now and then by a forward that takes long; what it raises
                must pass through.
        """

    def forward_together(
        self,
        analyses: Sequence[Analysis],
        windows: Sequence[Window],
        on_progress: Callable[[], None],
    ) -> list[list[Any] | Exception]:
        """Run one batch once for several analyses that are equal in `sharing`.

        It may raise as `forward` does, of what concerns all of them.

        Args:
            analyses: At least one, this one among them if its outputs are wanted.
            windows: As for `forward`.
            on_progress: Likewise.

        Returns:
            For each of the analyses what its `forward` gives, or what was raised on the way from
            the encoder's output to that.
        """
        raise NotImplementedError(f"{self.name} shares no encoder")

    def stream(self, group: str) -> Stream | None:
        """The way for windows of a group that come while others are on their way; None if they can
        only go through `forward`.
        """
        return None

    @abstractmethod
    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Any],
        options: RunOptions,
    ) -> list[Result] | Abstention:
        """Make the document's results of the outputs of its windows, or say why there are none.

        Raises:
            DocumentError: If nothing can be made of them.
        """

    @abstractmethod
    def provenance(self) -> list[Provenance]:
        """The models that this analysis has used so far."""

    def model_of(self, window: Window) -> Provenance:
        """The model that a window goes through; to be said by analyses that have several."""
        (model,) = self.provenance()
        return model

    def model_for(self, document: Document, options: RunOptions) -> Provenance | None:
        """The model that a document will go through; None if it needs none, or there is none."""
        (model,) = self.provenance()
        return model

    def key_parts(self, document: Document, options: RunOptions) -> Sequence[str]:
        """All that a document's results depend on beside its text and the model."""
        return ()


__all__ = ["Analysis", "DocumentError", "Provenance", "Stream", "Window"]
