"""Replies that a model writes: a decoder-only one of the catalog continues a prompt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.reply import MODEL, ReplyDraft
from workers.analysis import Window
from workers.errors import DocumentError, ModelError
from workers.generation.analysis import GenerationAnalysis
from workers.generation.generator import TextWriter
from workers.generation.model import CausalModel
from workers.generation.text_stream import WrittenText
from workers.models.registry import ModelRegistry
from workers.replies.prompt import INSTRUCTIONS, ChatTemplateError, PromptWriter
from workers.replies.settings import reply_settings
from workers.text.sentences import sentence_spans

#: Why there is no draft.
NOTHING_WRITTEN = "the model has written nothing"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model continues.

    Attributes:
        ids: Token ids, special tokens included.
        unread: Characters at the end of the document's text that are not in it.
    """

    ids: list[int]
    unread: int


class WrittenReplies(GenerationAnalysis):
    """Drafts by a model. A text that does not fit its window is cut behind a sentence."""

    name = "reply"

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's [reply], and read the instructions.

        Raises:
            ModelError: If it cannot be loaded, or no text would fit beside the instructions.
        """
        super().__init__(catalog, device, models)
        entry = catalog.entry(self.name)
        instructions = _instructions(entry.instructions)
        self._model = CausalModel(entry, device, self._registry)
        try:
            self._prompts = PromptWriter(self._model.tokenizer, instructions)
        except ChatTemplateError as error:
            raise ModelError(
                f"model {entry.model!r}: {error}; correct the template in a copy of it "
                "(chat_template.jinja, or chat_template in tokenizer_config.json), or name another "
                "`model` in the catalog that TRIAGE_MODELS names"
            ) from error
        settings = reply_settings(self._model.checkpoint, self._model.tokenizer, entry.options)
        told = {
            "prompt": self._prompts.kind,
            "instructions": hashlib.sha256(instructions.encode("utf-8")).hexdigest()[:12],
            "max_new_tokens": entry.options.max_new_tokens,
        }
        own = self._model.provenance
        provenance = replace(own, options=own.options | told)
        self._writer = TextWriter(self._model, settings, provenance, "")
        self._made.append(self._writer)
        self._room = self._model.max_length - entry.options.max_new_tokens
        least = len(self._tokenise(Document(0, ""), ""))
        if least >= self._room:
            raise ModelError(
                f"model {entry.model!r} reads {self._model.max_length} tokens, of which the "
                f"instructions take {least} and a draft {entry.options.max_new_tokens}, so no text "
                "fits: shorten the instructions, or lower max_new_tokens in [reply.options] of the "
                "catalog that TRIAGE_MODELS names"
            )

    def generator_for(self, language: str | None, options: RunOptions) -> TextWriter:
        """The one there is.

        Raises:
            DocumentError: If the run has a library.
        """
        if options.replies is not None:
            raise DocumentError(
                "the run takes replies from a library, and this worker's catalog has a model in "
                "[reply] that writes: start it with the catalog that the run was made with"
            )
        return self._writer

    def key_parts(self, document: Document, options: RunOptions) -> Sequence[str]:
        """What the prompt says beside the text."""
        return (json.dumps(self._prompts.known(document.about)),)

    def windows_of(self, writer: TextWriter, documents: Sequence[Document]) -> list[list[Window]]:
        """A window a document: its prompt."""
        prompts = [self._prompt(document) for document in documents]
        return [[Window(len(prompt.ids), prompt, writer.group)] for prompt in prompts]

    def _prompt(self, document: Document) -> Prompt:
        text = document.text
        if len(ids := self._tokenise(document, text)) <= self._room:
            return Prompt(ids, 0)
        ends = [end for _, end in sentence_spans(text)]
        if len(self._tokenise(document, text[: ends[0]])) > self._room:
            # Not even one sentence fits: behind a character, then.
            ends = list(range(1, len(text) + 1))
        fitting, too_many = 0, len(ends)
        while too_many - fitting > 1:
            middle = (fitting + too_many) // 2
            fits = len(self._tokenise(document, text[: ends[middle - 1]])) <= self._room
            fitting, too_many = (middle, too_many) if fits else (fitting, middle)
        end = ends[fitting - 1] if fitting else 0
        return Prompt(self._tokenise(document, text[:end]), len(text) - end)

    def _tokenise(self, document: Document, text: str) -> list[int]:
        (ids,) = self._model.tokenise([self._prompts.prompt(document, text.rstrip())])
        return ids

    def result(self, written: WrittenText, windows: int, options: RunOptions) -> ReplyDraft:
        """The draft, of which `assemble` says how much was read for it."""
        draft = written.text.strip()
        return ReplyDraft(draft or None, MODEL, reason=None if draft else NOTHING_WRITTEN)

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[WrittenText],
        options: RunOptions,
    ) -> list[Result]:
        """The document's one draft."""
        (window,), (written,) = windows, outputs
        return [replace(self.result(written, 1, options), unread=window.features.unread)]


def _instructions(path: str | None) -> str:
    if path is None:
        return INSTRUCTIONS
    try:
        text = Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"the instructions {path} cannot be read ({error.__class__.__name__}): correct "
            "`instructions` in [reply] of the catalog that TRIAGE_MODELS names, a text file in "
            "UTF-8 beside it"
        ) from None
    if not text:
        raise ModelError(f"the instructions {path} are empty: write what the model is to do")
    return text
