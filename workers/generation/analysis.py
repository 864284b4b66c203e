"""An analysis that writes a text for each document: batches, streams, long texts, provenance."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import ClassVar

from schema.catalog import Catalog, CatalogEntry
from schema.document import Document
from schema.options import RunOptions
from schema.results import Abstention, Result
from workers.analysis import Analysis, Provenance, Stream, Window
from workers.errors import DocumentError
from workers.generation.generator import FORWARD_TOKENS, Generator, TextWriter, join
from workers.generation.language_pair import LanguagePair
from workers.generation.model import Seq2SeqModel
from workers.generation.text_stream import WrittenText
from workers.models.registry import ModelRegistry


class GenerationAnalysis(Analysis):
    """Texts from texts. A subclass says which generator writes for documents of a language, and
    makes a result of what it wrote.

    A text that is too long for the model goes piece by piece, on sentence borders, and the outputs
    follow each other.

    Class attributes:
        by_paragraph: Whether a text that does not fit keeps its paragraphs, each of which then goes
            through the model apart.
    """

    by_paragraph: ClassVar[bool] = False

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load nothing yet; see `add_generator`."""
        self._device, self._registry = device, models or ModelRegistry()
        self._models: dict[str, Seq2SeqModel] = {}
        self._made: list[TextWriter] = []
        self._groups: dict[str, TextWriter] = {}

    @abstractmethod
    def generator_for(self, language: str | None, options: RunOptions) -> TextWriter | None:
        """The generator of all documents in a language; None if they are their own results.

        Raises:
            DocumentError: If there is none for such documents.
        """

    @abstractmethod
    def result(self, written: WrittenText, windows: int, options: RunOptions) -> Result:
        """Make a document's result.

        Args:
            written: What was written for it.
            windows: Pieces in which it was read; 0 if it is its own result.
            options: Of the run.
        """

    def model(self, entry: CatalogEntry) -> Seq2SeqModel:
        """The model of a catalog entry, loaded if it is the first with the same model, revision and
        options; what it calls languages is no matter. Not for two threads.

        Raises:
            ModelError: If it cannot be loaded.
        """
        key = entry.model_dump_json(exclude={"options": {"languages"}})
        if key not in self._models:
            self._models[key] = Seq2SeqModel(entry, self._device, self._registry)
        return self._models[key]

    def add_generator(
        self, model: Seq2SeqModel, task: str, told: LanguagePair | None = None, group: str = ""
    ) -> Generator:
        """A generator of this analysis, whose model is named in `provenance` from here on; see
        `Generator` for what it takes.
        """
        generator = Generator(model, task, told, group)
        self._made.append(generator)
        return generator

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
        used = [generator.provenance for generator in self._made]
        return list({provenance.key: provenance for provenance in used}.values())

    def model_of(self, window: Window) -> Provenance:
        """The model of the window's group."""
        return self._groups[window.group].provenance

    def model_for(self, document: Document, options: RunOptions) -> Provenance | None:
        """That of the generator of the document's language, which is loaded if it is the first."""
        generator = self._find(document.language, options)
        if generator is None or isinstance(generator, DocumentError):
            return None
        return generator.provenance

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Windows of each document's generator; none for one that is its own result."""
        prepared: list[list[Window] | DocumentError] = [[] for _ in documents]
        found: dict[str | None, TextWriter | DocumentError | None] = {}
        indices: dict[TextWriter, list[int]] = defaultdict(list)
        for index, document in enumerate(documents):
            if document.language not in found:
                found[document.language] = self._find(document.language, options)
            generator = found[document.language]
            if isinstance(generator, DocumentError):
                prepared[index] = generator
            elif generator is not None:
                indices[generator].append(index)
        for generator, places in indices.items():
            self._groups.setdefault(generator.group, generator)
            windows = self.windows_of(generator, [documents[index] for index in places])
            for index, of_text in zip(places, windows, strict=True):
                prepared[index] = of_text
        return prepared

    def windows_of(self, writer: TextWriter, documents: Sequence[Document]) -> list[list[Window]]:
        """The windows of documents that one writer writes for."""
        assert isinstance(writer, Generator)
        texts = [document.text for document in documents]
        return writer.windows(texts, by_paragraph=self.by_paragraph)

    def _find(self, language: str | None, options: RunOptions) -> TextWriter | DocumentError | None:
        try:
            return self.generator_for(language, options)
        except DocumentError as error:
            return error

    def forward(
        self, windows: Sequence[Window], on_progress: Callable[[], None]
    ) -> list[WrittenText]:
        """The text of each window; all are of one group."""
        return self._groups[windows[0].group].generate(windows, on_progress)

    def stream(self, group: str) -> Stream | None:
        """That of the group's generator."""
        return self._groups[group].stream()

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[WrittenText],
        options: RunOptions,
    ) -> list[Result] | Abstention:
        """The document's one result."""
        is_own = not windows and self.generator_for(document.language, options) is None
        written = WrittenText(document.text) if is_own else join(windows, outputs)
        return [self.result(written, len(windows), options)]
