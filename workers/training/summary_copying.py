"""A start for the pocket summary model from which it copies before it has learnt anything.

Copying wants two attention heads in a row (Olsson et al. 2022, arXiv:2209.11895, "In-context
Learning and Induction Heads"): one in the encoder that notes at each token which token stands
before it, and one in the decoder that looks for the place whose note says the word just written,
and takes the word there. Left to chance they come up late; here the first weights hold them, and
training does the rest: where to start, and where to stop.
"""

import math

import torch
from transformers import BartForConditionalGeneration
from transformers.models.bart.modeling_bart import BartAttention

FASTEST, SLOWEST = 2.5, 0.01
SHARPNESS = 3.0
STRENGTH = 3.0
CONFIDENCE = 2.5


@torch.no_grad()
def start_copying(model: BartForConditionalGeneration) -> None:
    """Write sinusoidal positions and the two heads into the weights of `model`.

    The positions are trained no further, so that those seldom seen in training still make sense.
    """
    width = model.config.d_model
    rates = FASTEST * (SLOWEST / FASTEST) ** (torch.arange(width // 2) / (width // 2 - 1))
    for side in (model.model.encoder, model.model.decoder):
        positions = side.embed_positions.weight
        angles = torch.arange(len(positions))[:, None] * rates
        waves = torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
        positions.copy_(math.sqrt(2) * model.config.init_std * waves)
        positions.requires_grad = False
    head = width // model.config.encoder_attention_heads
    read, note = random_basis(width)[:head], random_basis(width)[:head]
    look_back(model.model.encoder.layers[0].self_attn, rates[: head // 2], read, note)
    last = model.model.decoder.layers[-1]
    find_and_copy(last.encoder_attn, read, note)
    # The output layer is tied to small embeddings: without a gain no word can win by enough.
    last.final_layer_norm.weight.fill_(CONFIDENCE)


def random_basis(width: int) -> torch.Tensor:
    """A random orthonormal matrix (width, width)."""
    return torch.linalg.qr(torch.randn(width, width)).Q


def look_back(
    attention: BartAttention, rates: torch.Tensor, read: torch.Tensor, note: torch.Tensor
) -> None:
    """Make the first head attend to the token before, and write what it `read`s there as `note`.

    `rates` (head / 2) are the fastest waves of the positions; `read` and `note` are (head, width).
    """
    head = len(read)
    turn = torch.block_diag(
        *(torch.tensor([[math.cos(r), -math.sin(r)], [math.sin(r), math.cos(r)]])
          for r in rates.tolist())
    )  # fmt: skip
    attention.q_proj.weight[:head] = 0.0
    attention.q_proj.weight[:head, :head] = SHARPNESS * turn
    attention.k_proj.weight[:head] = 0.0
    attention.k_proj.weight[:head, :head] = SHARPNESS * torch.eye(head)
    attention.v_proj.weight[:head] = read
    attention.out_proj.weight[:, :head] = note.T


def find_and_copy(attention: BartAttention, read: torch.Tensor, note: torch.Tensor) -> None:
    """Make every head attend where the `note` is the current token, and take the token there."""
    heads = attention.num_heads
    attention.q_proj.weight.copy_(SHARPNESS * read.repeat(heads, 1))
    attention.k_proj.weight.copy_(SHARPNESS * note.repeat(heads, 1))
    attention.v_proj.weight.copy_(torch.eye(attention.embed_dim))
    attention.out_proj.weight.copy_(STRENGTH * torch.eye(attention.embed_dim))
