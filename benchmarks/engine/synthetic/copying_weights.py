"""Weights with which an encoder-decoder model copies, so that its outputs end where real ones do.

Random weights write until the limit, or nothing. Here the last cross-attention points from each
place of the output to the same place of the source and passes on the token there; the end of a
translation is the end of the source, copied. A summary gets a clock besides: the longer it is, the
likelier its end. All other weights are random and disturb the copy, and every token has a twin that
is almost the same, so that arithmetic that is too coarse does pick another token now and then. All
matrices are dense and of full size.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

#: How far random layers reach into what is copied, and into the dimensions that say the place.
_DISTURBANCE, _QUIET = 0.5, 0.02
#: Noise in matrices that would otherwise hold mostly zeros.
_NOISE = 0.002
#: Weight of the copied token against what the decoder held before.
_PASSED_ON = 4.0
#: Cosine between a token and its twin.
_TWINS = 0.9
#: Attention logits between pointing at the right place and one off; layers in between blur it.
_POINTING = 30.0
#: Length of a token's embedding, so that the copied token's logit is about this times sqrt(width).
_LOUDNESS = 0.6
#: The clock of a summary: from this place on the end comes nearer, faster with more urgency, heard
#: by so many hidden units, which are moved by what is said as well.
_STRIKES, _URGENCY, _LISTENERS, _MOVED = 50, 1.5, 64, 0.15


@torch.no_grad()
def make_it_copy(model: Any, pieces: int, seed: int = 3) -> None:
    """Give a Marian or BART model the weights.

    Args:
        model: Of Transformers, with tied embeddings and random weights.
        pieces: Ids below it may be written.
        seed: Of the embeddings.
    """
    config = model.config
    clocked = config.model_type == "bart"
    places = _place_dimensions(config, clocked)
    clock = config.d_model - 1 if clocked else None
    generator = torch.Generator().manual_seed(seed)
    for name, weight in model.named_parameters():
        if ".layers." in name and name.endswith(("out_proj.weight", "fc2.weight")):
            weight.mul_(_DISTURBANCE)
            weight[places] *= _QUIET
            if clock is not None:
                weight[clock] *= _QUIET
    free = torch.ones(config.d_model, dtype=torch.bool)
    free[places] = False
    if clock is not None:
        free[clock] = False
    scale = _LOUDNESS if clocked else 1.0
    embeddings = _embeddings(config.vocab_size, free, pieces, scale, generator)
    embeddings[config.pad_token_id] = 0.0
    model.get_input_embeddings().weight.copy_(embeddings)
    if clock is not None:
        _set_positions(model, places, clock, generator)
    last = model.model.decoder.layers[-1]
    _point(last.encoder_attn, places, free, generator, clocked)
    if clock is not None:
        _hear(last, clock, embeddings[config.eos_token_id], generator)


def _place_dimensions(config: Any, learnt: bool) -> list[int]:
    """Dimensions for sine and cosine of the place, as many as a head has, and then one that stays 0
    but for the mean that normalisation takes off, so that it can be added again.

    Marian's positions are fixed: sine and cosine of one frequency are half the width apart, and the
    slowest sine stays near 0.
    """
    pairs = config.d_model // config.decoder_attention_heads // 2
    if learnt:
        return list(range(2 * pairs + 1))
    every = 2 if config.d_model >= 512 else 1
    sines = [every * number for number in range(pairs)]
    half = config.d_model // 2
    return [*sines, *(half + place for place in sines), half - 1]


def _embeddings(
    count: int, free: Tensor, pieces: int, scale: float, generator: torch.Generator
) -> Tensor:
    """(count, width): random directions in pairs of twins, special tokens without."""
    width = int(free.sum())
    drawn = torch.randn(count, width, generator=generator) / math.sqrt(width)
    first = torch.arange(8, pieces - 1, 2)
    drawn[first + 1] = _TWINS * drawn[first] + math.sqrt(1 - _TWINS**2) * drawn[first + 1]
    embeddings = torch.zeros(count, len(free))
    embeddings[:, free] = scale * drawn
    return embeddings


def _set_positions(model: Any, places: list[int], clock: int, generator: torch.Generator) -> None:
    """BART learns its positions; here both sides have the same sinusoids, and the decoder a clock.

    The tables begin with two rows that no text uses.
    """
    parts = (model.model.encoder, model.model.decoder)
    encoder, decoder = (part.embed_positions.weight for part in parts)
    count, width = encoder.shape
    loud = _LOUDNESS / math.sqrt(width)
    pairs = len(places) // 2
    turning = torch.logspace(0, -1, pairs, dtype=torch.float64)
    angles = (torch.arange(count, dtype=torch.float64) - 2)[:, None] * turning
    table = torch.randn(count, width, generator=generator) * loud * 0.1
    table[:, places[:-1]] = (torch.cat((angles.sin(), angles.cos()), dim=1) * loud * 1.4).float()
    table[:, places[-1]] = 0.0
    table[:, clock] = 0.0
    encoder.copy_(table)
    table[:, clock] = loud * ((torch.arange(count) - 2 - _STRIKES) / 10).clamp(-8, 8)
    decoder.copy_(table)


def _hear(layer: Any, clock: int, end: Tensor, generator: torch.Generator) -> None:
    """Let the last feed-forward block move towards the end as far as the clock is past its hour."""
    width = len(end)
    heard = torch.randn(width, generator=generator) * _MOVED / math.sqrt(width)
    heard[clock] = 1.0
    layer.fc1.weight[:_LISTENERS] = heard
    layer.fc1.bias[:_LISTENERS] = 0.0
    push = _URGENCY * _PASSED_ON * math.sqrt(width) / _LISTENERS
    layer.fc2.weight[:, :_LISTENERS] = push * (end / end.norm())[:, None]


def _point(
    attention: Any, places: list[int], free: Tensor, generator: torch.Generator, clocked: bool
) -> None:
    """Queries and keys are the place, the same in every head; values are the token."""
    width, heads = attention.embed_dim, attention.num_heads
    size = width // heads
    for layer in (attention.q_proj, attention.k_proj, attention.v_proj, attention.out_proj):
        noise = torch.randn(width, width, generator=generator) * _NOISE
        layer.weight.copy_(noise)
        layer.bias.zero_()
    pairs = len(places) // 2
    every = 2 if not clocked and width >= 512 else 1
    turning = (
        torch.logspace(0, -1, pairs)
        if clocked
        else 10000.0 ** (-2 * every * torch.arange(pairs) / width)
    )
    # Of unit variance behind the normalisation; sine and cosine share an amplitude.
    one_off = float((1 - turning.cos()).sum())
    strength = math.sqrt(_POINTING * math.sqrt(size) / one_off)
    for head in range(heads):
        rows = slice(head * size, head * size + 2 * pairs)
        for layer in (attention.q_proj, attention.k_proj):
            layer.weight[rows, places[:-1]] += strength * torch.eye(2 * pairs)
            layer.weight[rows, places[-1]] -= strength
    token = torch.where(free)[0]
    attention.v_proj.weight[token, token] += 1.0
    attention.out_proj.weight[token, token] += _PASSED_ON
    attention.out_proj.weight[places] *= _QUIET
