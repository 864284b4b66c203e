"""The weights of a model that writes, laid out for whoever writes with them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from transformers import (
    AutoModelForSeq2SeqLM,
    GenerationConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from schema.catalog import CatalogEntry, Precision
from workers.decoding import Decoder, TransformersDecoder, convert
from workers.decoding.capacity import room
from workers.decoding.search.sampling import sampling_of
from workers.errors import ModelError, UnsupportedModelError
from workers.generation.sample_texts import short, write_sample
from workers.layers.input_sample import sampled
from workers.models.loading import LoadedModel, load
from workers.models.registry import Reserve
from workers.runtime.device_errors import is_out_of_memory, raise_worker_fault
from workers.runtime.progress import no_progress

logger = logging.getLogger(__name__)

#: Padded source tokens, times beams, that `generate` gets at once, unless the catalog says
#: otherwise.
_PADDED_TOKENS = {"cpu": 16_384, "cuda": 131_072}


class Seq2SeqWeights:
    """What may leave the memory of a model, and come back. Nothing here leads to who loaded it.

    Args:
        entry: The model as the catalog has it.
        device: `cpu` or `cuda:0`.
        tokenizer: The model's, if it is there already.
        reserve: See `ModelSource.load`.
        auto_model_class: Of Transformers, which loads it.

    Attributes:
        loaded: The model; its weights are elsewhere as soon as there is a decoder.

    Raises:
        ModelError: If the model cannot be loaded.
    """

    def __init__(
        self,
        entry: CatalogEntry,
        device: str,
        tokenizer: PreTrainedTokenizerBase | None,
        reserve: Reserve,
        auto_model_class: Any = AutoModelForSeq2SeqLM,
    ) -> None:
        """Load the model."""
        self._entry, self._device, self._kind = entry, device, auto_model_class
        self.loaded: LoadedModel = load(
            entry, auto_model_class, device, tokenizer=tokenizer, reserve=reserve
        )
        self._loop: Callable[[GenerationConfig], Decoder] | None = None
        self._generates = False
        self._making = threading.Lock()
        #: By the identity of their settings, which they keep.
        self._decoders: dict[int, tuple[GenerationConfig, Decoder | TransformersDecoder]] = {}

    def decoder(self, settings: GenerationConfig) -> tuple[Decoder | TransformersDecoder, bool]:
        """What writes with this model by some settings, and whether it was made just now: it is
        made once for each. The weights are shared by all decoders.

        Raises:
            ModelError: If the decoding loop does not know the model or the settings, and the
                catalog asks for what only the loop has.
        """
        # Whoever tokenises the first document of a pair asks beside whoever computes.
        with self._making:
            is_new = id(settings) not in self._decoders
            if is_new:
                self._decoders[id(settings)] = (settings, self._new_decoder(settings))
            return self._decoders[id(settings)][1], is_new

    def _new_decoder(self, settings: GenerationConfig) -> Decoder | TransformersDecoder:
        name = self.loaded.provenance.name
        try:
            return self._in_loop(settings)
        except UnsupportedModelError as error:
            if self.loaded.provenance.options["precision"] == "int8":
                raise ModelError(
                    f"model {name!r} has no int8 here ({error}): take another `precision` in the "
                    "catalog that TRIAGE_MODELS names"
                ) from error
            if sampling_of(settings) is not None:
                raise ModelError(
                    f"model {name!r} is decoded by generate of Transformers, since the decoding "
                    f"loop does not know {error}, and that would draw other texts in every batch: "
                    "leave `seed` out of the catalog that TRIAGE_MODELS names"
                ) from error
            logger.warning(
                "model %s is decoded by generate of Transformers, which is slower: the decoding "
                "loop does not know %s",
                name,
                error,
            )
        usual = _PADDED_TOKENS.get(self.loaded.device.type, _PADDED_TOKENS["cpu"])
        tokens = self._entry.options.batch_tokens or usual
        model = self._whole()
        self._try(TransformersDecoder(model, short(settings), tokens))
        return TransformersDecoder(model, settings, tokens)

    def _try(self, decoder: TransformersDecoder) -> None:
        """Let nobody's document find out what `generate` does not do; the text is none of theirs.

        Raises:
            ModelError: With its own words.
        """
        try:
            decoder.decode([list(self.loaded.tokenizer("It works.")["input_ids"])], no_progress)
        except Exception as error:
            raise_worker_fault(error)
            if is_out_of_memory(error):
                raise
            said = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise ModelError(
                f"model {self._entry.model!r} cannot write by the settings of its "
                f"generation_config.json or config.json ({said.rstrip('.')}); correct them in a "
                "copy of it, or name another `model` in the catalog that TRIAGE_MODELS names"
            ) from error

    def _in_loop(self, settings: GenerationConfig) -> Decoder:
        if self._loop is not None:
            return self._loop(settings)
        loaded = self.loaded
        precision: Precision = loaded.provenance.options["precision"]
        with sampled() if precision == "int8" else nullcontext():
            parts = convert(loaded.model, precision)
            parameters = loaded.model.num_parameters()
            rows, tokens = room(parts, parameters, loaded.device, precision)
            tokens = self._entry.options.batch_tokens or tokens

            def loop(settings: GenerationConfig) -> Decoder:
                return Decoder(parts, settings, rows, tokens, loaded.device)

            decoder = loop(settings)
            if precision == "int8":
                write_sample(loop(short(settings)), loaded.tokenizer)
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
        tokenizer = self.loaded.tokenizer
        return load(self._entry, self._kind, self._device, tokenizer=tokenizer).model
