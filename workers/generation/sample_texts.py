"""Sample texts: some are written while a model is loaded, so that its weights can be rounded to
int8 by what its layers read.
"""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from typing import Any

from transformers import GenerationConfig

from workers.decoding.admission_queue import AdmissionQueue
from workers.decoding.decoder import Decoder
from workers.text.precision_texts import plain_texts

#: Texts, and the tokens of each that are read and written at the most: some hundred rows for every
#: layer, of which a second is worth a few million weights.
_TEXTS, _READ, _WRITTEN = 12, 64, 16


def short(settings: GenerationConfig) -> GenerationConfig:
    """The same settings for texts that end soon."""
    made = deepcopy(settings)
    made.max_new_tokens, made.min_length, made.min_new_tokens = _WRITTEN, 0, None
    return made


def write_sample(decoder: Decoder, tokenizer: Any) -> None:
    """Have a decoder write some texts, always the same ones and one after the other."""
    texts = plain_texts()
    some = texts[:: -(-len(texts) // _TEXTS)]
    waiting = AdmissionQueue()
    waiting.add([list(ids)[:_READ] for ids in tokenizer(some)["input_ids"]])
    waiting.deal(1)
    for _ in decoder.write(partial(waiting.take, 0), 1):
        pass
