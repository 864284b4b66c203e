"""A text may spell out the padding token: its tokens stand where Transformers has them stand."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from tests.support.seq2seq_models import MODELS, build_model
from workers.decoding import convert
from workers.layers.packing import Packing

WORDS = [[7, 20, 33, 41, 58], [90, 11, 64], [13, 77, 29, 55, 31, 8, 100]]


@pytest.mark.parametrize("family", [name for name in MODELS if "t5" not in name])
def test_tokens_stand_where_transformers_has_them(family: str) -> None:
    model = build_model(family)
    pad, eos = model.config.pad_token_id, model.config.eos_token_id
    sources = [
        source
        for words in WORDS
        for source in ([*words, eos], [pad, *words, eos], [*words[:2], pad, pad, *words[2:], eos])
    ]
    converted: Any = convert(model, "fp32")
    packing = Packing([len(source) for source in sources], torch.device("cpu"))
    ids = torch.tensor([token for source in sources for token in source])
    own = converted.embed_source(ids, packing).split(list(packing.lengths))
    for source, given in zip(sources, own, strict=True):
        torch.testing.assert_close(given, embedded(model, source))


def embedded(model: Any, source: list[int]) -> Tensor:
    """What the first layer of the encoder is given for a source, (tokens, width)."""
    seen: list[Tensor] = []
    layer = model.model.encoder.layers[0]
    hook = layer.register_forward_pre_hook(
        lambda _module, given, named: seen.append(given[0] if given else named["hidden_states"]),
        with_kwargs=True,
    )
    ids = torch.tensor([source])
    with torch.inference_mode():
        model.model.encoder(input_ids=ids, attention_mask=torch.ones_like(ids))
    hook.remove()
    return seen[0][0]
