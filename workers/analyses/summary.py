"""Summary: a shorter text for each document.

Where the catalog names an encoder, it is sentences of the document; see `workers.extraction`. Else
the model writes it: a document that fits the model's window gets what the `summarization` pipeline
of Transformers 4.57.6 gave; a longer one is summarised piece by piece, on sentence borders.
"""

from __future__ import annotations

from schema.catalog import Catalog
from schema.options import RunOptions
from schema.results.summary import Summary
from workers.analysis import Analysis
from workers.extraction.analysis import extractive_kind
from workers.generation.analysis import GenerationAnalysis
from workers.generation.generator import Generator
from workers.generation.text_stream import WrittenText
from workers.models.registry import ModelRegistry


class SummaryAnalysis(GenerationAnalysis):
    """Abstractive summaries; see `GenerationAnalysis`."""

    name = "summary"

    @classmethod
    def for_catalog(cls, catalog: Catalog) -> type[Analysis]:
        """This one for models that write; for those that only read, one that chooses sentences."""
        return extractive_kind(catalog.entry(cls.name)) or cls

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's [summary]."""
        super().__init__(catalog, device, models)
        model = self.model(catalog.entry(self.name))
        self._generator = self.add_generator(model, "summarization")

    def generator_for(self, language: str | None, options: RunOptions) -> Generator:
        """The one there is."""
        return self._generator

    def result(self, written: WrittenText, windows: int, options: RunOptions) -> Summary:
        """The document's one summary."""
        return Summary(written.text, windows=windows)
