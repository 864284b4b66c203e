"""Texts into texts with an encoder-decoder model: what summary and translation have in common."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import AutoModelForSeq2SeqLM

from schema.catalog import Entry
from workers.analysis import Window
from workers.generation_settings import generation_settings
from workers.loading import load
from workers.pieces import PARAGRAPH, paragraphs, split_to_fit
from workers.sentences import sentence_spans

# Beams multiply what the decoder holds.
_BATCH_TOKENS = {"cpu": 2048, "cuda": 16384}


def batch_tokens(device: str) -> int:
    """Padded source tokens of a batch, unless the catalog says otherwise."""
    return _BATCH_TOKENS.get(torch.device(device).type, _BATCH_TOKENS["cpu"])


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

    Raises:
        ModelError: If the model cannot be loaded.
    """

    def __init__(self, entry: Entry, device: str, task: str) -> None:
        """Load the model."""
        options = {"batch_tokens": entry.options.batch_tokens or batch_tokens(device)}
        entry = entry.model_copy(update={"options": entry.options.model_copy(update=options)})
        self.loaded = load(entry, AutoModelForSeq2SeqLM, device)
        self._by_sentence = entry.options.split == "sentence"
        # Typed Any for want of types in Transformers: `generate` is a mix-in's.
        self._model: Any = self.loaded.model
        self._settings, self._prefix = generation_settings(
            self.loaded.model, self.loaded.tokenizer, task
        )
        # Whatever the settings leave open, `generate` fills in from here.
        self._model.generation_config = self._settings
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

    def generate(self, windows: Sequence[Window]) -> list[str]:
        """What the model writes for each window, decoded as the pipelines did."""
        shape = (len(windows), max(window.length for window in windows))
        ids = torch.full(shape, self.loaded.tokenizer.pad_token_id or 0)
        mask = torch.zeros(shape, dtype=torch.long)
        for row, window in enumerate(windows):
            ids[row, : window.length] = torch.tensor(window.features.ids)
            mask[row, : window.length] = 1
        with torch.inference_mode():
            written = self._model.generate(
                input_ids=ids.to(self.loaded.device),
                attention_mask=mask.to(self.loaded.device),
                generation_config=self._settings,
            )
        with self._tokenizer_lock:
            return [self._decode(tokens) for tokens in written.tolist()]

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
