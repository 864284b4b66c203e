"""A warm model that writes, with its tokenizer: loaded once for all that is written with it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from transformers import AutoModelForSeq2SeqLM, GenerationConfig, PreTrainedModel

from schema.catalog import CatalogEntry, Precision
from workers.decoding import Decoder, TransformersDecoder, convert
from workers.decoding.capacity import room
from workers.errors import ModelError, UnsupportedModelError
from workers.generation.model_languages import ModelLanguages
from workers.models.loading import load
from workers.models.normalizer import restore_normalizer

logger = logging.getLogger(__name__)

#: Padded source tokens, times beams, that `generate` gets at once, unless the catalog says
#: otherwise.
_PADDED_TOKENS = {"cpu": 16_384, "cuda": 131_072}


class Seq2SeqModel:
    """Weights and tokenizer of an encoder-decoder model. What differs from one generator to the
    next is handed in: the settings, the language of a text.

    Args:
        entry: The model as the catalog has it.
        device: `cpu` or `cuda:0`.

    Attributes:
        entry: As given; but what it calls languages is the matter of each pair.
        loaded: The model; its weights are elsewhere as soon as there is a decoder.
        languages: That it has to be told; None in a model that knows its one pair.

    Raises:
        ModelError: If the model cannot be loaded.
    """

    def __init__(self, entry: CatalogEntry, device: str) -> None:
        """Load the model."""
        self.entry, self._device = entry, device
        self.loaded = load(entry, AutoModelForSeq2SeqLM, device)
        self.languages = ModelLanguages.of(self.loaded.tokenizer)
        if self.languages is not None:
            restore_normalizer(self.loaded.tokenizer)
        self._loop: Callable[[GenerationConfig], Decoder] | None = None
        self._generates = False
        # A batch may be decoded while the next is tokenised; tokenizers are not for two threads.
        self._tokenizer_lock = threading.Lock()

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
                self.loaded.tokenizer.src_lang = source
            ids = self.loaded.tokenizer(list(texts))["input_ids"]
        return [list(row) for row in ids]

    def texts(self, written: Sequence[Sequence[int]]) -> list[str]:
        """What the model has written, of the tokens of each."""
        with self._tokenizer_lock:
            return [self._text(tokens) for tokens in written]

    def _text(self, tokens: Sequence[int]) -> str:
        text = self.loaded.tokenizer.decode(
            list(tokens),
            skip_special_tokens=True,
            clean_up_tokenization_spaces=False,
            # Transformers 5 puts Marian's output together by the rules of the source language.
            use_source_tokenizer=False,
        )
        return str(text)

    def decoder(self, settings: GenerationConfig) -> Decoder | TransformersDecoder:
        """What writes with this model by some settings. The weights are shared by all decoders.

        Raises:
            ModelError: If the decoding loop does not know the model or the settings, and the
                catalog asks for what only the loop has.
        """
        name = self.loaded.provenance.name
        try:
            return self._in_loop(settings)
        except UnsupportedModelError as error:
            if self.loaded.provenance.options["precision"] == "int8":
                raise ModelError(
                    f"model {name!r} has no int8 here ({error}): take another `precision` in the "
                    "catalog that TRIAGE_MODELS names"
                ) from error
            logger.warning(
                "model %s is decoded by generate of Transformers, which is slower: the decoding "
                "loop does not know %s",
                name,
                error,
            )
        usual = _PADDED_TOKENS.get(self.loaded.device.type, _PADDED_TOKENS["cpu"])
        return TransformersDecoder(
            self._whole(), settings, self.entry.options.batch_tokens or usual
        )

    def _in_loop(self, settings: GenerationConfig) -> Decoder:
        if self._loop is not None:
            return self._loop(settings)
        loaded = self.loaded
        precision: Precision = loaded.provenance.options["precision"]
        parts = convert(loaded.model, precision)
        parameters = loaded.model.num_parameters()
        rows, tokens = room(parts, parameters, loaded.device, precision)
        tokens = self.entry.options.batch_tokens or tokens

        def loop(settings: GenerationConfig) -> Decoder:
            return Decoder(parts, settings, rows, tokens, loaded.device)

        decoder = loop(settings)
        self._loop = loop
        if not self._generates:
            # Its weights have been laid out anew: they need not be in memory twice.
            loaded.model.to("meta")  # type: ignore[arg-type]
        return decoder

    def _whole(self) -> PreTrainedModel:
        """The model with its weights, loaded once more if the loop has them by now."""
        if self._loop is None or self._generates:
            self._generates = True
            return self.loaded.model
        return load(self.entry, AutoModelForSeq2SeqLM, self._device).model
