"""Summary: a shorter text for each document.

A document that fits the model's window gets what the `summarization` pipeline of Transformers
4.57.6 gave; a longer one is summarised piece by piece, on sentence borders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.summary import Summary
from workers.analysis import Analysis, Provenance, Stream, Window
from workers.errors import DocumentError
from workers.generation.generator import FORWARD_TOKENS, Generator, join
from workers.generation.model import Seq2SeqModel

_TASK = "summarization"


class SummaryAnalysis(Analysis):
    """Abstractive summaries; see `Analysis` for the contract."""

    name = "summary"

    def __init__(self, catalog: Catalog, device: str) -> None:
        """Load the model of the catalog's [summary]."""
        self._generator = Generator(Seq2SeqModel(catalog.entry(self.name), device), _TASK)

    @property
    def batch_tokens(self) -> int:
        """Source tokens that `forward` takes at once; how many of them go on together is the
        decoder's matter.
        """
        return FORWARD_TOKENS

    @property
    def packs(self) -> bool:
        """Sources are encoded without padding."""
        return True

    @property
    def streams(self) -> bool:
        """Windows of one decoder."""
        return True

    def provenance(self) -> list[Provenance]:
        """The one model."""
        return [self._generator.provenance]

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """One window a document, or as many as a long one takes."""
        return [*self._generator.windows([document.text for document in documents])]

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[str]:
        """The summary of each window."""
        return self._generator.generate(windows, on_progress)

    def stream(self, group: str) -> Stream | None:
        """The generator's."""
        return self._generator.stream()

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[str],
        options: RunOptions,
    ) -> list[Result]:
        """The document's one summary; those of pieces follow each other."""
        return [Summary(join(windows, outputs), windows=len(windows))]
