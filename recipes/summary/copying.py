"""A start for the pocket summary model from which it copies before it has learnt anything.

Copying wants attention heads in a row (Olsson et al. 2022, arXiv:2209.11895, "In-context Learning
and Induction Heads"): some that note at each token which tokens stand one and two places before
it, and some that look for the place in the text whose notes say what was written last, and take
the word there. Left to chance they come up late; here the first weights hold them, and training
does the rest: where to start, what to leave out, and where to stop.
"""

import math
from typing import Any

import torch
from transformers import BartForConditionalGeneration
from transformers.models.bart.modeling_bart import BartAttention

FASTEST, SLOWEST = 2.5, 0.01
SHARPNESS = 3.0
STRENGTH = 3.0
CONFIDENCE = 2.5
SECOND = 0.6


@torch.no_grad()
def start_copying(model: BartForConditionalGeneration) -> None:
    """Write sinusoidal positions and the copying heads into the weights of `model`.

    The positions are trained no further, so that those seldom seen in training still make sense.
    """
    config: Any = model.config
    width: int = config.d_model
    rates = FASTEST * (SLOWEST / FASTEST) ** (torch.arange(width // 2) / (width // 2 - 1))
    for side in (model.model.encoder, model.model.decoder):
        positions = side.embed_positions.weight
        angles = torch.arange(len(positions))[:, None] * rates
        waves = torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
        positions.copy_(math.sqrt(2) * config.init_std * waves)
        positions.requires_grad = False
    head = width // config.encoder_attention_heads
    read, read_second = random_basis(width)[: 2 * head].split(head)
    note, note_second, written = random_basis(width)[: 3 * head].split(head)
    turns = rates[: head // 2]
    first = model.model.encoder.layers[0].self_attn
    look_back(first, 0, turns, read, note)
    look_back(first, 1, 2 * turns, read_second, note_second)
    look_back(model.model.decoder.layers[0].self_attn, 0, turns, read_second, written)
    last = model.model.decoder.layers[-1]
    find_and_copy(last.encoder_attn, read + SECOND * written, note + SECOND * note_second)
    # The output layer is tied to small embeddings: without a gain no word can win by enough.
    last.final_layer_norm.weight.fill_(CONFIDENCE)


def random_basis(width: int) -> torch.Tensor:
    """A random orthonormal matrix (width, width)."""
    return torch.linalg.qr(torch.randn(width, width)).Q


def look_back(
    attention: BartAttention,
    index: int,
    turns: torch.Tensor,
    read: torch.Tensor,
    note: torch.Tensor,
) -> None:
    """Make head `index` attend to an earlier token, and write what it `read`s there as `note`.

    `turns` (head / 2) are the angles by which that distance turns the fastest waves of the
    positions; `read` and `note` are (head, width).
    """
    head = len(read)
    rows = slice(index * head, (index + 1) * head)
    turn = torch.block_diag(
        *(torch.tensor([[math.cos(r), -math.sin(r)], [math.sin(r), math.cos(r)]])
          for r in turns.tolist())
    )  # fmt: skip
    attention.q_proj.weight[rows] = 0.0
    attention.q_proj.weight[rows, :head] = SHARPNESS * turn
    attention.k_proj.weight[rows] = 0.0
    attention.k_proj.weight[rows, :head] = SHARPNESS * torch.eye(head)
    attention.v_proj.weight[rows] = read
    attention.out_proj.weight[:, rows] = note.T


def find_and_copy(attention: BartAttention, wanted: torch.Tensor, noted: torch.Tensor) -> None:
    """Make every head attend where what is `noted` is what is `wanted`, and take the token there.

    `wanted` and `noted` are (head, width): projections of the decoder's and the encoder's states.
    """
    heads = attention.num_heads
    attention.q_proj.weight.copy_(SHARPNESS * wanted.repeat(heads, 1))
    attention.k_proj.weight.copy_(SHARPNESS * noted.repeat(heads, 1))
    attention.v_proj.weight.copy_(torch.eye(attention.embed_dim))
    attention.out_proj.weight.copy_(STRENGTH * torch.eye(attention.embed_dim))
