"""Translation: each document in the run's target language, by a model for its pair of languages.

A document that fits the model's window gets what the `translation` pipeline of Transformers 4.57.6
gave; a longer one is translated piece by piece, on sentence borders, and keeps its paragraphs.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Sequence

from huggingface_hub.errors import RepositoryNotFoundError

from schema.catalog import Catalog, CatalogEntry, CatalogError
from schema.document import Document
from schema.languages import DEFAULT_LANGUAGE
from schema.options import RunOptions
from schema.results import Abstention, Result
from schema.results.abstention import LOW_CONFIDENCE
from schema.results.translation import Translation
from workers.analysis import Window
from workers.errors import DocumentError, ModelError
from workers.generation.analysis import GenerationAnalysis
from workers.generation.generator import Generator
from workers.generation.language_pair import check_languages, tell
from workers.generation.model import Seq2SeqModel
from workers.generation.text_stream import WrittenText
from workers.models.registry import ModelRegistry

logger = logging.getLogger(__name__)

#: Of a document whose translation is not shown.
UNCERTAIN = Abstention(LOW_CONFIDENCE)

_LANGUAGE = re.compile(r"[a-z]{2,3}")


class TranslationAnalysis(GenerationAnalysis):
    """Machine translation; see `GenerationAnalysis`.

    A document that is in the target language already is its own translation: no window, no model.
    A model that has to be told its languages is loaded once, and told them with every document.
    """

    name = "translation"
    by_paragraph = True

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the models of the pairs that the catalog names into the usual target language, and
        the one for all others if there is such; others are loaded when a document first needs them.
        """
        super().__init__(catalog, device, models)
        self._catalog = catalog
        self._every = catalog.every_pair()
        self._generators: dict[str, Generator] = {}
        self._loading = threading.Lock()
        if (
            self._every is not None
            and self._checked_model(self._every, "translation").languages is None
        ):
            logger.warning(
                "model %s cannot be told its languages, and [translation] gives it every pair: "
                "name it in the table of its own, as [translation.en-de], if it has one",
                self._every.model,
            )
        usual = RunOptions()
        for source, target in catalog.pairs():
            if target == usual.translate_to:
                try:
                    self.generator_for(source, usual)
                except DocumentError as error:
                    logger.warning("%s", error)

    def reads(self, language: str, options: RunOptions) -> bool:
        """Whether the catalog names a model for the pair, or none is needed."""
        if language == options.translate_to:
            return True
        try:
            self._catalog.pair(language, options.translate_to)
        except CatalogError:
            return False
        return True

    def key_parts(self, document: Document, options: RunOptions) -> Sequence[str]:
        """The pair of languages."""
        return document.language or DEFAULT_LANGUAGE, options.translate_to

    def generator_for(self, language: str | None, options: RunOptions) -> Generator | None:
        """The generator of a pair, with its model loaded if this is its first document; None for a
        document in the target language.

        Raises:
            DocumentError: If there is none for the document's language.
            ModelError: If there is one and it cannot be loaded.
        """
        source, target = language or DEFAULT_LANGUAGE, options.translate_to
        if source == target:
            return None
        pair = f"{source}-{target}"
        with self._loading:
            if pair not in self._generators:
                self._generators[pair] = self._load(source, target)
            return self._generators[pair]

    def result(self, written: WrittenText, windows: int, options: RunOptions) -> Translation:
        """The document's one translation."""
        return Translation(options.translate_to, written.text, windows, written.confidence)

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[WrittenText],
        options: RunOptions,
    ) -> list[Result] | Abstention:
        """The document's one translation, unless the model is less sure than its threshold asks:
        what is wrong in another language is worse than nothing.
        """
        results = super().assemble(document, windows, outputs, options)
        sure = [each.confidence for each in outputs if each.confidence is not None]
        if sure and min(sure) < self._groups[windows[0].group].threshold:
            return UNCERTAIN
        return results

    def _load(self, source: str, target: str) -> Generator:
        if not _LANGUAGE.fullmatch(source):
            raise DocumentError("the document's language is not a code of ISO 639-1: correct it")
        try:
            entry = self._catalog.pair(source, target)
        except CatalogError as error:
            raise DocumentError(str(error)) from None
        table = self._catalog.pair_table(source, target)
        is_named = (source, target) in self._catalog.pairs()
        try:
            model = self._checked_model(entry, table)
        except ModelError as error:
            # The hub says that nobody made a model for this pair: not the worker's fault.
            made_up = not is_named and self._every is None
            if made_up and isinstance(error.__cause__, RepositoryNotFoundError):
                raise DocumentError(str(error)) from error
            raise
        if model.languages is None:
            task = f"translation_{source}_to_{target}"
            return self.add_generator(model, task, group=f"{source}-{target}")
        told = tell(model.languages, entry, table, source, target)
        # The source language is told in the source: all that go into one may go together.
        serves_every = self._every is not None and not is_named
        group = f"*-{target}" if serves_every else f"{source}-{target}"
        return self.add_generator(model, "translation", told, group)

    def _checked_model(self, entry: CatalogEntry, table: str) -> Seq2SeqModel:
        model = self.model(entry)
        check_languages(model.languages, entry, table)
        return model
