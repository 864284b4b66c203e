"""Embedding: what each clause of a document is about, as a vector."""

from __future__ import annotations

from collections.abc import Sequence

from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.embedding import ClauseEmbedding
from workers.analysis import Window
from workers.embedding.analysis import ClauseAnalysis
from workers.encoders.interface import Floats


class EmbeddingAnalysis(ClauseAnalysis):
    """A vector for each clause, of length 1."""

    name = "embedding"

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Floats],
        options: RunOptions,
    ) -> list[Result]:
        """The clauses in order, see `ClauseAnalysis.vectors`."""
        found = self.vectors(windows, outputs)
        return [ClauseEmbedding(start, end, vector) for (start, end), vector in found]
