"""The mean of an encoder's hidden states over the tokens of a text."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import BertModel, PreTrainedTokenizerFast

from recipes.batching import padded_batches

ROWS, LONGEST = 64, 128


@torch.inference_mode()
def means_of(
    encoder: BertModel, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str], prefix: str = ""
) -> Tensor:
    """Means (texts, width) in float32.

    Args:
        encoder: Put into eval mode.
        tokenizer: Its tokenizer; no more than 128 tokens of a text are read.
        texts: In any order; those of like length go through together.
        prefix: What the encoder wants before each text.
    """
    encoder.eval()
    ids = tokenizer([prefix + t for t in texts], truncation=True, max_length=LONGEST)["input_ids"]
    found = torch.zeros(len(ids), encoder.config.hidden_size)
    for batch in padded_batches(ids, tokenizer.pad_token_id, ROWS):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = encoder(input_ids=batch.ids, attention_mask=batch.attention).last_hidden_state
        weights = batch.attention.unsqueeze(-1).float()
        found[batch.places] = (states.float() * weights).sum(1) / weights.sum(1)
    return found
