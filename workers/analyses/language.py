"""Language: in which language a document is written.

A document that came with its language keeps it, without a look at its text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.language import GIVEN, NO_LANGUAGE, TEXT, DetectedLanguage
from workers.analysis import Analysis, DocumentError, Provenance, Window
from workers.errors import ModelError
from workers.models.registry import ModelRegistry
from workers.text.language_identifier import (
    LIBRARY,
    MAX_CHARACTERS,
    USUAL_LANGUAGES,
    TextLanguageIdentifier,
)

#: Probability below which a language is unsure, where the catalog says no other.
UNSURE_BELOW = 0.5
#: Texts between two reports of progress; each takes about 0.1 ms.
_TEXTS_A_TICK = 256


class LanguageAnalysis(Analysis):
    """Language identification on the CPU, with no model of Transformers."""

    name = "language"

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the library's model; the catalog's [language] may name the languages to look among,
        and from which probability on one is sure.
        """
        entry = catalog.entry(self.name)
        if entry.model != LIBRARY:
            raise ModelError(
                f"[language] model {entry.model!r} is not known: write {LIBRARY!r}, or leave the "
                "table out"
            )
        languages = entry.languages or USUAL_LANGUAGES
        self._languages = None if "*" in languages else sorted(languages)
        limit = entry.options.unsure_below
        self._unsure_below = UNSURE_BELOW if limit is None else limit
        try:
            self._identifier = TextLanguageIdentifier(self._languages)
        except ValueError as error:
            raise ModelError(f"[language] languages: {error}") from None

    @property
    def batch_tokens(self) -> int:
        """Characters of a batch: there is nothing to be gained by large ones."""
        return _TEXTS_A_TICK * MAX_CHARACTERS

    @property
    def packs(self) -> bool:
        """Nothing is padded."""
        return True

    def model_for(self, document: Document, options: RunOptions) -> Provenance | None:
        """None for a document that came with its language."""
        return None if document.language is not None else super().model_for(document, options)

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """One window with the beginning of the text; none if there is nothing to find out."""
        return [[*_windows(document)] for document in documents]

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Any]:
        """The language of each text, and its probability."""
        found = []
        for number, window in enumerate(windows):
            if number % _TEXTS_A_TICK == 0:
                on_progress()
            found.append(self._identifier.identify(window.features))
        return found

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Any],
        options: RunOptions,
    ) -> list[Result]:
        """The one language of the document."""
        if document.language is not None:
            return [DetectedLanguage(document.language, None, False, GIVEN)]
        if not windows:
            return [DetectedLanguage(NO_LANGUAGE, 1.0, False, TEXT)]
        ((language, probability),) = outputs
        unsure = probability < self._unsure_below or language == NO_LANGUAGE
        return [DetectedLanguage(language, probability, unsure, TEXT)]

    def provenance(self) -> list[Provenance]:
        """The library, its version, and what it looks among."""
        languages = "*" if self._languages is None else " ".join(self._languages)
        options = {"languages": languages, "unsure_below": self._unsure_below}
        return [Provenance(LIBRARY, self._identifier.revision, options)]


def _windows(document: Document) -> Sequence[Window]:
    if document.language is not None or not any(map(str.isalpha, document.text)):
        return []
    beginning = document.text[:MAX_CHARACTERS]
    return [Window(len(beginning), beginning)]
