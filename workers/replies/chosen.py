"""Replies from a library: the answer that fits a text best, if it fits well enough.

How well one fits is the cosine of the vector of one of the text's clauses and that of what the
library says of the answer: a description, or examples of what customers say.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from schema.catalog import Catalog
from schema.document import Document
from schema.insights.stored_vectors import read_vectors
from schema.options import RunOptions
from schema.reply_library import ReplyLibrary
from schema.results import Result
from schema.results.reply import LIBRARY, ReplyDraft
from workers.analysis import Provenance, Window
from workers.embedding.analysis import ClauseAnalysis
from workers.encoders.interface import Floats
from workers.errors import DocumentError
from workers.models.registry import ModelRegistry
from workers.replies.library_vectors import LibraryVectors, owners_of
from workers.replies.placeholders import fill, known_values

#: The similarity below which there is no draft, unless the catalog says otherwise: measured for the
#: built-in encoder, see docs/replies.md.
FLOOR = 0.65
#: Why there is no draft.
NOTHING_FITS = "no answer of the library is similar enough"
NOTHING_SAID = "the text says nothing"
NOBODY_ELSE = "all answers of the library are to customers of another sentiment"

#: Libraries whose vectors are kept.
_MOST_KEPT = 8


class ChosenReplies(ClauseAnalysis):
    """Finds replies in the library of a run; writes none itself."""

    name = "reply"

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's [embedding]."""
        super().__init__(catalog, device, models)
        threshold = catalog.entry(self.name).calibration.threshold
        self._floor = FLOOR if threshold is None else threshold
        own = self._loaded.provenance
        options = own.options | {"threshold": self._floor}
        self._provenance = Provenance(own.name, own.revision, options)
        self._kept: dict[str, LibraryVectors] = {}
        self._making = threading.Lock()

    @property
    def measurable(self) -> bool:
        """Not once more than for `embedding`, whose model it is."""
        return False

    def provenance(self) -> list[Provenance]:
        """The model, with the floor."""
        return [self._provenance]

    def key_parts(self, document: Document, options: RunOptions) -> Sequence[str]:
        """The library, the language, and what would be filled into its answers."""
        library = _library_of(options)
        told: dict[str, str] = {}
        for macro in library.macros:
            told |= known_values(macro.reply, document.about)
        sentiment = None if document.about is None else document.about.sentiment
        if any(macro.sentiment for macro in library.macros):
            told[" sentiment"] = sentiment or ""
        return library.sha256, document.language or "", json.dumps(told, sort_keys=True)

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Floats],
        options: RunOptions,
    ) -> list[Result]:
        """The draft, or why there is none.

        Raises:
            DocumentError: If the run has no library, or the model gives what is no vector.
        """
        if not windows:
            return [ReplyDraft(None, LIBRARY, reason=NOTHING_SAID)]
        clauses = _numbers([vector for _, vector in self.vectors(windows, outputs)])
        known = self._vectors_of(_library_of(options))
        sentiment = None if document.about is None else document.about.sentiment
        best = known.best(clauses, document.language, sentiment)
        if best is None:
            return [ReplyDraft(None, LIBRARY, reason=NOBODY_ELSE)]
        macro, similarity = best
        found: dict[str, Any] = {
            "macro": macro.title,
            "macro_line": macro.line,
            "similarity": similarity,
        }
        if similarity < self._floor:
            return [ReplyDraft(None, LIBRARY, **found, reason=NOTHING_FITS)]
        filled = fill(macro.reply, document.about)
        still_open = "; ".join(filled.open_places) or None
        return [ReplyDraft(filled.text, LIBRARY, **found, open_places=still_open)]

    def _vectors_of(self, library: ReplyLibrary) -> LibraryVectors:
        """The vectors of a library, made if it is the first document that needs them."""
        with self._making:
            if library.sha256 not in self._kept:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                said = [when for macro in library.macros for when in macro.when]
                vectors = _numbers(self.whole_vectors(said))
                owners = owners_of(library.macros)
                self._kept[library.sha256] = LibraryVectors(library, vectors, owners)
            return self._kept[library.sha256]


def _library_of(options: RunOptions) -> ReplyLibrary:
    if options.replies is None:
        raise DocumentError(
            "the run names no reply library, and this worker's catalog has no model in [reply] "
            "that writes: start it with the catalog that the run was made with"
        )
    return options.replies


def _numbers(vectors: Sequence[bytes]) -> Floats:
    """Stored vectors as they are compared, (vectors, numbers), float32."""
    return read_vectors(vectors).astype(np.float32)
