"""Weights with which a decoder-only model wanders from token to token, and ends by chance.

As drawn, it says one token for ever. Here each position and each layer weighs more than the token
that was just written, so that no token calls for itself; of the pieces that it may write, one in
some eighty ends a text. All matrices are dense and of full size.
"""

from __future__ import annotations

from typing import Any

import torch

#: Standard deviations: of tokens, of positions, of what layers add.
_TOKENS, _POSITIONS, _LAYERS = 0.02, 0.15, 0.006
#: Pieces to each one that ends a text, and so the mean of tokens of a text.
_PIECES_TO_AN_END = 80
#: Ids below it are special.
_FIRST = 1


@torch.no_grad()
def make_it_wander(model: Any, pieces: int, seed: int = 3) -> None:
    """Give a GPT-2 model the weights, and the tokens that end a text.

    Args:
        model: Of Transformers, with tied embeddings and random weights.
        pieces: Ids below it may be written.
        seed: Of what is drawn.
    """
    draw = torch.Generator().manual_seed(seed)
    body = model.transformer
    body.wte.weight.normal_(0, _TOKENS, generator=draw)
    # Scores of 0 are never the highest.
    body.wte.weight[pieces:] = 0.0
    body.wte.weight[:_FIRST] = 0.0
    body.wpe.weight.normal_(0, _POSITIONS, generator=draw)
    for block in body.h:
        for layer in (block.attn.c_proj, block.mlp.c_proj):
            layer.weight.normal_(0, _LAYERS, generator=draw)
    ends = range(_FIRST, pieces, _PIECES_TO_AN_END)
    model.generation_config.eos_token_id = [model.config.eos_token_id, *ends]
