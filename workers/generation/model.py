"""A model that writes: its tokenizer, which stays, and its weights, which may leave the memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, GenerationConfig

from schema.catalog import CatalogEntry
from workers.decoding import Decoder, TransformersDecoder
from workers.errors import ModelError
from workers.generation.model_languages import ModelLanguages
from workers.generation.settings import CheckpointSettings
from workers.generation.weights import Seq2SeqWeights
from workers.models.calibration import Calibration, calibration_of
from workers.models.registry import ModelRegistry, Reserve
from workers.tokenizers.chat_template import read_chat_template
from workers.tokenizers.settings import TokenizerFilesError

#: How the revision of a local checkpoint begins: it is a hash, and cannot be asked for.
_HASH = "sha256:"


class Seq2SeqModel:
    """Tokenizer and weights of an encoder-decoder model. What differs from one generator to the
    next is handed in: the settings, the language of a text.

    Texts are tokenised, and outputs read, without the weights: so whoever tokenises the next job
    needs none, and what is tokenised stays good when weights leave and come back.

    Args:
        entry: The model as the catalog has it.
        device: `cpu` or `cuda:0`.
        models: Keeps the weights.

    Attributes:
        entry: As given; but what it calls languages is the matter of each pair.
        tokenizer: The fast one where the checkpoint allows one.
        provenance: Name, revision and options.
        max_length: Tokens of the model's window.
        checkpoint: What it says of how to generate.
        languages: That it has to be told; None in a model that knows its one pair.

    Raises:
        ModelError: If the model cannot be loaded.
    """

    #: Of Transformers, which loads it.
    auto_model_class: ClassVar[Any] = AutoModelForSeq2SeqLM

    def __init__(self, entry: CatalogEntry, device: str, models: ModelRegistry) -> None:
        """Load the model, to find out what stays."""
        self.entry, self._device, self._models = entry, device, models
        # A batch may be decoded while the next is tokenised; tokenizers are not for two threads.
        self._tokenizer_lock = threading.Lock()
        self._is_known = False
        with models.using(self) as weights:
            loaded = weights.loaded
            self.tokenizer = loaded.tokenizer
            self.provenance, self.max_length = loaded.provenance, loaded.max_length
            self._folder = loaded.folder
            self.checkpoint = CheckpointSettings.of(loaded.model)
        if name := self.checkpoint.unreadable():
            raise ModelError(
                f"model {self.name!r}: {name} in its generation_config.json or config.json is not "
                "the number of a token; correct it in a copy of it, or name another `model` in "
                "the catalog that TRIAGE_MODELS names"
            )
        self._is_known = True
        self.languages = ModelLanguages.of(self.tokenizer)

    @property
    def name(self) -> str:
        """As the catalog has it."""
        return self.entry.model

    def calibration(self, analysis: str) -> Calibration:
        """How sure it has to be in an analysis.

        Raises:
            ModelError: If what is kept beside the checkpoint is of other weights, or unreadable.
        """
        return calibration_of(self.entry, self._folder, self.provenance.revision, analysis)

    def load(self, reserve: Reserve) -> Seq2SeqWeights:
        """Load the weights; each time the same.

        Raises:
            ModelError: If they cannot be loaded, or have changed since they were loaded first.
        """
        if not self._is_known:
            kind = self.auto_model_class
            return Seq2SeqWeights(self.entry, self._device, None, reserve, kind)
        entry = self.entry
        if not self.provenance.revision.startswith(_HASH):
            # The hub may have a newer one by now.
            commit, _, _ = self.provenance.revision.partition("+")
            entry = entry.model_copy(update={"revision": commit})
        kind = self.auto_model_class
        weights = Seq2SeqWeights(entry, self._device, self.tokenizer, reserve, kind)
        if weights.loaded.provenance.revision != self.provenance.revision:
            raise ModelError(
                f"model {self.name!r} has changed on the disk since this worker loaded it: start "
                "the worker again"
            )
        return weights

    @contextmanager
    def decoder(self, settings: GenerationConfig) -> Iterator[Decoder | TransformersDecoder]:
        """What writes with this model by some settings. Its weights stay in memory while the block
        runs, and are loaded if they are not there.

        Raises:
            ModelError: If they cannot be loaded, or the catalog asks for what there is not.
        """
        with self._models.using(self) as weights:
            decoder, is_new = weights.decoder(settings)
            if is_new:
                self._models.measure_again(self)
            yield decoder

    def tokenise(self, texts: Sequence[str], source: str | None = None) -> list[list[int]]:
        """Source tokens of texts, special tokens included.

        Args:
            texts: Any texts.
            source: Their language, as the model calls it; None in a model that is not told.
        """
        if not texts:
            return []
        with self._tokenizer_lock:
            if source is not None:
                # The tokenizer remembers it, for whoever comes next as well.
                self.tokenizer.src_lang = source
            ids = self.tokenizer(list(texts))["input_ids"]
        return [list(row) for row in ids]

    @property
    def _lead(self) -> list[int]:
        """The token that texts begin with, where the tokenizer does not take it for a special one,
        as ProphetNet's: 4.57.6 then had it in the text.
        """
        said = (self.checkpoint.generation_config, self.checkpoint.config)
        starts = (getattr(one, "decoder_start_token_id", None) for one in said)
        start = next((one for one in starts if isinstance(one, int)), None)
        return [] if start is None or start in self.tokenizer.all_special_ids else [start]

    def texts(self, written: Sequence[Sequence[int]]) -> list[str]:
        """What the model has written, of the tokens of each."""
        with self._tokenizer_lock:
            return [self._text(tokens) for tokens in written]

    def _text(self, tokens: Sequence[int]) -> str:
        tokens = [*self._lead, *tokens]
        if not self.tokenizer.is_fast:
            # What no token stands for is written as the unknown one, which is special.
            written = self.tokenizer.convert_ids_to_tokens(tokens)
            special = {*self.tokenizer.all_special_tokens}
            pairs = zip(tokens, written, strict=True)
            tokens = [token for token, name in pairs if name not in special]
        text = self.tokenizer.decode(
            tokens,
            skip_special_tokens=True,
            clean_up_tokenization_spaces=False,
            # Transformers 5 puts Marian's output together by the rules of the source language.
            use_source_tokenizer=False,
        )
        return str(text)


class CausalModel(Seq2SeqModel):
    """The same of a decoder-only model, whose sources are prompts that it continues."""

    auto_model_class = AutoModelForCausalLM

    def __init__(self, entry: CatalogEntry, device: str, models: ModelRegistry) -> None:
        """Load the model, and the chat template of its checkpoint."""
        super().__init__(entry, device, models)
        try:
            self.tokenizer.chat_template = read_chat_template(self._folder)
        except TokenizerFilesError as error:
            raise ModelError(
                f"model {self.name!r}: {error}; copy the model anew, or name another `model` in "
                "the catalog that TRIAGE_MODELS names"
            ) from None

    def tokenise(self, texts: Sequence[str], source: str | None = None) -> list[list[int]]:
        """Tokens of prompts: of a chat, whose template writes all special tokens itself, or plain
        ones.
        """
        if not texts:
            return []
        with self._tokenizer_lock:
            plain = self.tokenizer.chat_template is None
            ids = self.tokenizer(list(texts), add_special_tokens=plain)["input_ids"]
        return [list(row) for row in ids]
