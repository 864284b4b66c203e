"""Texts into texts with an encoder-decoder model: what summary and translation have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from transformers import GenerationConfig

from workers.analysis import Provenance, Window
from workers.decoding import Decoder, TransformersDecoder
from workers.generation.language_pair import LanguagePair
from workers.generation.model import Seq2SeqModel
from workers.generation.settings import generation_settings
from workers.generation.text_stream import TextStream, WrittenText, written_texts
from workers.text.sentences import sentence_spans
from workers.text.splitting import PARAGRAPH, paragraphs, split_to_fit

#: Source tokens that are given to the decoder together, of which it takes as many as it can.
FORWARD_TOKENS = 1_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A text, or a part of one that is too long for the model.

    Attributes:
        ids: Source tokens, special tokens included.
        lead: What goes between its output and that of the piece before; empty for the first.
    """

    ids: list[int]
    lead: str


class TextWriter:
    """Writes with a model by some settings.

    Args:
        model: Shared with other writers, or not.
        settings: Complete.
        provenance: Of what is written.
        group: Of its windows; writers that share one write the same of the same tokens.
    """

    #: The confidence below which a text had better not be shown; 0 if there is none.
    threshold: float = 0.0

    def __init__(
        self, model: Seq2SeqModel, settings: GenerationConfig, provenance: Provenance, group: str
    ) -> None:
        self._model, self._settings = model, settings
        self.provenance, self.group = provenance, group
        with self.decoder() as decoder:
            self._joins = isinstance(decoder, Decoder)

    def decoder(self) -> AbstractContextManager[Decoder | TransformersDecoder]:
        """What writes; its weights stay in memory while the block runs."""
        return self._model.decoder(self._settings)

    def generate(
        self, windows: Sequence[Window], on_progress: Callable[[], None]
    ) -> list[WrittenText]:
        """What the model writes for each window, decoded as the pipelines did.

        Args:
            windows: Whose features have `ids`.
            on_progress: Called after every token.
        """
        # Loading weights takes long.
        on_progress()
        with self.decoder() as decoder:
            written = decoder.decode([window.features.ids for window in windows], on_progress)
        return written_texts(self._model.texts, written)

    def stream(self) -> TextStream | None:
        """For windows that come while others are on their way; None if `generate` of Transformers
        writes.
        """
        return TextStream(self.decoder, self._model.texts) if self._joins else None


class Generator(TextWriter):
    """Writes with a model as the pipeline of a task did.

    Args:
        model: Shared with other generators, or not.
        task: As `task_specific_params` of checkpoints name it.
        told: The languages, for a model that has to be told them.
        group: Of its windows; generators that share one write the same of the same tokens.

    Attributes:
        group: As given.
        provenance: Of what is written.
        threshold: The confidence below which a text had better not be shown; 0 if there is none.

    Raises:
        ModelError: If the catalog asks for what there is not for this model.
    """

    def __init__(
        self, model: Seq2SeqModel, task: str, told: LanguagePair | None = None, group: str = ""
    ) -> None:
        self._told = told
        calibration = model.calibration(task.partition("_")[0])
        self.threshold = calibration.threshold
        options = model.provenance.options | calibration.as_options()
        self._by_sentence = model.entry.options.split == "sentence"
        settings, self._prefix = generation_settings(model.checkpoint, model.tokenizer, task)
        if told is not None and model.languages is not None:
            # The pipeline left out the prefix here, and whatever the checkpoint begins texts with.
            self._prefix = ""
            settings.forced_bos_token_id = model.languages.first_token(told.target)
            if told.named:
                options = options | {"languages": dict(told.named)}
        # The catalog's own word goes first.
        self._prefix = model.entry.options.prefix or self._prefix
        super().__init__(model, settings, replace(model.provenance, options=options), group)

    def windows(self, texts: Sequence[str], *, by_paragraph: bool = False) -> list[list[Window]]:
        """Tokenise texts: one window for a text that fits, as many as it takes for a longer one,
        or one for each sentence if the catalog says so.

        Args:
            texts: Any texts.
            by_paragraph: Whether a text that does not fit keeps its paragraphs, each of which then
                goes through the model apart.
        """
        limit = 0 if self._by_sentence else self._model.max_length
        return [
            [Window(len(ids), Piece(ids, ""), self.group)]
            if len(ids) <= limit
            else self._pieces(paragraphs(text) if by_paragraph else [text])
            for text, ids in zip(texts, self._tokenise(texts), strict=True)
        ]

    def _pieces(self, parts: Sequence[str]) -> list[Window]:
        windows: list[Window] = []
        for part in parts:
            lead = PARAGRAPH
            for ids in self._tokenise(self._split(part)):
                windows.append(Window(len(ids), Piece(ids, lead if windows else ""), self.group))
                lead = " "
        return windows

    def _split(self, text: str) -> list[str]:
        spans = sentence_spans(text) if self._by_sentence else [(0, len(text))]
        return [
            piece
            for start, end in spans
            for piece in split_to_fit(text[start:end], self._lengths, self._model.max_length)
        ]

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self._tokenise(texts)]

    def _tokenise(self, texts: Sequence[str]) -> list[list[int]]:
        source = None if self._told is None else self._told.source
        return self._model.tokenise([self._prefix + text for text in texts], source)


def join(windows: Sequence[Window], outputs: Sequence[WrittenText]) -> WrittenText:
    """The outputs for the windows of one text as one text, which is as sure as the least of them;
    a single one exactly as it is.
    """
    if len(outputs) == 1:
        return outputs[0]
    text = ""
    for window, output in zip(windows, outputs, strict=True):
        if part := output.text.strip():
            text += (window.features.lead if text else "") + part
    known = [output.confidence for output in outputs if output.confidence is not None]
    return WrittenText(text, min(known) if len(known) == len(outputs) else None)
