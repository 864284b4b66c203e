"""Texts into texts with an encoder-decoder model: what summary and translation have in common."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from transformers import AutoModelForSeq2SeqLM, GenerationConfig

from schema.catalog import Entry, Precision
from workers.analysis import Window
from workers.decoding import Decoder, GenerateDecoder, take_apart
from workers.faults import ModelError
from workers.generation_settings import generation_settings
from workers.layers.unsupported import UnsupportedModelError
from workers.loading import load
from workers.pieces import PARAGRAPH, paragraphs, split_to_fit
from workers.sentences import sentence_spans

logger = logging.getLogger(__name__)

#: Source tokens, times beams, that are on their way at once, unless the catalog says otherwise.
_BATCH_TOKENS = {"cpu": 16_384, "cuda": 131_072}
#: Documents, times beams, that are on their way at once. More multiply larger matrices, and need
#: more memory for what they remember than is near to the processor.
_ROWS = {"cpu": 64, "cuda": 1024}
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


class Generator:
    """One warm model that writes.

    Args:
        entry: The model as the catalog has it.
        device: `cpu` or `cuda:0`.
        task: As `task_specific_params` of checkpoints name it.

    Attributes:
        batch_tokens: Most source tokens, times beams, that are on their way at once.

    Raises:
        ModelError: If the model cannot be loaded.
    """

    def __init__(self, entry: Entry, device: str, task: str) -> None:
        """Load the model."""
        kind = torch.device(device).type
        self.batch_tokens = entry.options.batch_tokens or _BATCH_TOKENS.get(
            kind, _BATCH_TOKENS["cpu"]
        )
        self.loaded = load(entry, AutoModelForSeq2SeqLM, device)
        self._by_sentence = entry.options.split == "sentence"
        self._settings, self._prefix = generation_settings(
            self.loaded.model, self.loaded.tokenizer, task
        )
        self._decoder = self._make_decoder(self._settings, _ROWS.get(kind, _ROWS["cpu"]))
        # A batch may be decoded while the next is tokenised; tokenizers are not for two threads.
        self._tokenizer_lock = threading.Lock()

    def windows(
        self, texts: Sequence[str], *, by_paragraph: bool = False, group: str = ""
    ) -> list[list[Window]]:
        """Tokenise texts: one window for a text that fits, as many as it takes for a longer one,
        or one for each sentence if the catalog says so.

        Args:
            texts: Any texts.
            by_paragraph: Whether a text that does not fit keeps its paragraphs, each of which then
                goes through the model apart.
            group: For `Window.group`.
        """
        limit = 0 if self._by_sentence else self.loaded.max_length
        return [
            [Window(len(ids), Piece(ids, ""), group)]
            if len(ids) <= limit
            else self._pieces(paragraphs(text) if by_paragraph else [text], group)
            for text, ids in zip(texts, self._tokenise(texts), strict=True)
        ]

    def _pieces(self, parts: Sequence[str], group: str) -> list[Window]:
        windows: list[Window] = []
        for part in parts:
            lead = PARAGRAPH
            for ids in self._tokenise(self._split(part)):
                windows.append(Window(len(ids), Piece(ids, lead if windows else ""), group))
                lead = " "
        return windows

    def _split(self, text: str) -> list[str]:
        spans = sentence_spans(text) if self._by_sentence else [(0, len(text))]
        return [
            piece
            for start, end in spans
            for piece in split_to_fit(text[start:end], self._lengths, self.loaded.max_length)
        ]

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self._tokenise(texts)]

    def _tokenise(self, texts: Sequence[str]) -> list[list[int]]:
        if not texts:
            return []
        with self._tokenizer_lock:
            ids = self.loaded.tokenizer([self._prefix + text for text in texts])["input_ids"]
        return [list(row) for row in ids]

    def _make_decoder(self, settings: GenerationConfig, rows: int) -> Decoder | GenerateDecoder:
        loaded, tokens = self.loaded, self.batch_tokens
        precision: Precision = loaded.provenance.options["precision"]
        try:
            model = take_apart(loaded.model, precision)
            decoder = Decoder(model, settings, rows, tokens, loaded.device)
        except UnsupportedModelError as error:
            if precision == "int8":
                raise ModelError(
                    f"model {loaded.provenance.name!r} has no int8 here ({error}): take another "
                    "`precision` in the catalog that TRIAGE_MODELS names"
                ) from error
            logger.warning(
                "model %s is decoded by generate of Transformers, which is slower: the decoding "
                "loop does not know %s",
                loaded.provenance.name,
                error,
            )
            return GenerateDecoder(loaded.model, settings, tokens)
        # Its weights have been laid out anew: they need not be in memory twice.
        loaded.model.to("meta")  # type: ignore[arg-type]
        return decoder

    def generate(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[str]:
        """What the model writes for each window, decoded as the pipelines did.

        Args:
            windows: Whose features are pieces.
            on_progress: Called after every token.
        """
        written = self._decoder.decode([window.features.ids for window in windows], on_progress)
        with self._tokenizer_lock:
            return [self._decode(tokens) for tokens in written]

    def _decode(self, tokens: list[int]) -> str:
        text = self.loaded.tokenizer.decode(
            tokens,
            skip_special_tokens=True,
            clean_up_tokenization_spaces=False,
            # Transformers 5 puts Marian's output together by the rules of the source language.
            use_source_tokenizer=False,
        )
        return str(text)


def join(windows: Sequence[Window], outputs: Sequence[str]) -> str:
    """The outputs for the windows of one text as one text; a single one exactly as it is."""
    if len(outputs) == 1:
        return outputs[0]
    text = ""
    for window, output in zip(windows, outputs, strict=True):
        if output := output.strip():
            text += (window.features.lead if text else "") + output
    return text
