"""Translation: each document in the run's target language, by a model for its pair of languages.

A document that fits the model's window gets what the `translation` pipeline of Transformers 4.57.6
gave; a longer one is translated piece by piece, on sentence borders, and keeps its paragraphs.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence

from huggingface_hub.errors import RepositoryNotFoundError

from schema.catalog import Catalog, CatalogEntry, CatalogError
from schema.document import Document
from schema.languages import DEFAULT_LANGUAGE
from schema.options import RunOptions
from schema.results import Result, Translation
from workers.analysis import Analysis, Provenance, Stream, Window
from workers.errors import DocumentError
from workers.generation.generator import FORWARD_TOKENS, Generator, join
from workers.generation.language_pair import check_languages, tell
from workers.generation.model import Seq2SeqModel
from workers.models.loading import ModelError
from workers.models.registry import ModelRegistry

logger = logging.getLogger(__name__)

_LANGUAGE = re.compile(r"[a-z]{2,3}")


class TranslationAnalysis(Analysis):
    """Machine translation; see `Analysis` for the contract.

    A document that is in the target language already is its own translation: no window, no model.
    A model that has to be told its languages is loaded once, and told them with every document.
    """

    name = "translation"

    def __init__(self, catalog: Catalog, device: str) -> None:
        """Load the models of the pairs that the catalog names into the usual target language, and
        the one for all others if there is such; others are loaded when a document first needs them,
        and stay.
        """
        self._catalog = catalog
        self._models = ModelRegistry(lambda entry: Seq2SeqModel(entry, device))
        self._every = catalog.every_pair()
        self._generators: dict[str, Generator] = {}
        self._groups: dict[str, Generator] = {}
        self._loading = threading.Lock()
        usual = RunOptions().translate_to
        if self._every is not None and self._model(self._every, "translation").languages is None:
            logger.warning(
                "model %s cannot be told its languages, and [translation] gives it every pair: "
                "name it in the table of its own, as [translation.en-de], if it has one",
                self._every.model,
            )
        for source, target in catalog.pairs():
            if target == usual:
                try:
                    self._generator(source, target)
                except DocumentError as error:
                    logger.warning("%s", error)

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
        """The models used so far, each once."""
        used = [generator.provenance for generator in self._generators.values()]
        return list({provenance.key: provenance for provenance in used}.values())

    def model_of(self, window: Window) -> Provenance:
        """The model of the window's pair."""
        return self._groups[window.group].provenance

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Windows grouped by language pair, or by target language where one model is told both;
        none for a document in the target language.
        """
        prepared: list[list[Window] | DocumentError] = [[] for _ in documents]
        places: dict[str, list[int]] = defaultdict(list)
        for place, document in enumerate(documents):
            if (source := _language(document)) != options.translate_to:
                places[source].append(place)
        for source, of_source in places.items():
            texts = [documents[place].text for place in of_source]
            windows = self._windows(texts, source, options.translate_to)
            for place, outcome in zip(of_source, windows, strict=True):
                prepared[place] = outcome
        return prepared

    def _windows(
        self, texts: Sequence[str], source: str, target: str
    ) -> Sequence[list[Window] | DocumentError]:
        try:
            generator = self._generator(source, target)
        except DocumentError as error:
            return [error] * len(texts)
        group = f"{source}-{target}"
        if generator.told is not None and self._serves_every(source, target):
            # The source language is told in the source: all that go into one may go together.
            group = f"*-{target}"
        self._groups.setdefault(group, generator)
        return generator.windows(texts, by_paragraph=True, group=group)

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[str]:
        """The translation of each window; all are of one group."""
        return self._groups[windows[0].group].generate(windows, on_progress)

    def stream(self, group: str) -> Stream | None:
        """That of the group's generator."""
        return self._groups[group].stream()

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[str],
        options: RunOptions,
    ) -> list[Result]:
        """The document's one translation."""
        same = _language(document) == options.translate_to
        text = document.text if same else join(windows, outputs)
        return [Translation(options.translate_to, text, windows=len(windows))]

    def _generator(self, source: str, target: str) -> Generator:
        """The model of a pair, loaded if this is its first document.

        Raises:
            DocumentError: If there is none for the document's language.
            ModelError: If there is one and it cannot be loaded.
        """
        pair = f"{source}-{target}"
        with self._loading:
            if pair not in self._generators:
                self._generators[pair] = self._load(source, target)
            return self._generators[pair]

    def _load(self, source: str, target: str) -> Generator:
        if not _LANGUAGE.fullmatch(source):
            raise DocumentError("the document's language is not a code of ISO 639-1: correct it")
        try:
            entry = self._catalog.pair(source, target)
        except CatalogError as error:
            raise DocumentError(str(error)) from None
        table = self._catalog.pair_table(source, target)
        try:
            model = self._model(entry, table)
        except ModelError as error:
            # The hub says that nobody made a model for this pair: not the worker's fault.
            made_up = (source, target) not in self._catalog.pairs() and self._every is None
            if made_up and isinstance(error.__cause__, RepositoryNotFoundError):
                raise DocumentError(str(error)) from error
            raise
        if model.languages is None:
            return Generator(model, f"translation_{source}_to_{target}")
        told = tell(model.languages, entry, table, source, target)
        return Generator(model, "translation", told)

    def _model(self, entry: CatalogEntry, table: str) -> Seq2SeqModel:
        model = self._models.get(entry)
        check_languages(model.languages, entry, table)
        return model

    def _serves_every(self, source: str, target: str) -> bool:
        """Whether the pair has the model that all have which have none of their own."""
        return self._every is not None and (source, target) not in self._catalog.pairs()


def _language(document: Document) -> str:
    return document.language or DEFAULT_LANGUAGE
