"""What the decoding loop lacks is named, and `generate` serves it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import BigBirdPegasusConfig, BigBirdPegasusForConditionalGeneration

from tests.support.collected import nothing
from tests.support.seq2seq_models import build_model, decoder_of, enlarge, sources_of
from tests.support.seq2seq_searches import ENDS, settings_of
from tests.support.written import generated
from workers.decoding import TransformersDecoder
from workers.errors import UnsupportedModelError

pytestmark = pytest.mark.long


@pytest.mark.parametrize("asked", [{"do_sample": True}, {"encoder_no_repeat_ngram_size": 2}])
def test_what_the_loop_lacks_is_named(asked: dict[str, Any]) -> None:
    model = build_model("bart")
    with pytest.raises(UnsupportedModelError, match=next(iter(asked))):
        decoder_of(model, settings_of(model, **asked))


def test_generate_serves_what_the_loop_lacks() -> None:
    model = build_model("bart")
    settings = settings_of(model, ENDS, encoder_no_repeat_ngram_size=2)
    sources = sources_of(12, 2)
    expected = [generated(model, settings, source) for source in sources]
    texts = TransformersDecoder(model, settings, 100).decode(sources, nothing)
    pad = model.config.pad_token_id
    for text, alone in zip(texts, expected, strict=True):
        assert text[: len(alone)] == alone
        assert set(text[len(alone) :]) <= {pad}


def test_sources_are_padded_only_where_nobody_sees_it() -> None:
    """BigBird reads in blocks, as long as a text has more than ten, and gave that up for good at
    the first shorter one.
    """
    torch.manual_seed(3)
    config = BigBirdPegasusConfig(
        vocab_size=150,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=48,
        decoder_ffn_dim=48,
        max_position_embeddings=128,
        block_size=4,
        num_random_blocks=1,
    )
    model: Any = BigBirdPegasusForConditionalGeneration(config).eval()
    enlarge(model)
    settings = settings_of(model, max_length=12)
    sources = sources_of(12, 1)
    alone = []
    for source in sources:
        model.model.encoder.set_attention_type("block_sparse")
        alone.append(generated(model, settings, source))
    model.model.encoder.set_attention_type("block_sparse")
    decoder = TransformersDecoder(model, settings, 10_000)
    for _ in range(2):
        texts = decoder.decode(sources, nothing)
        assert [text[: len(one)] for text, one in zip(texts, alone, strict=True)] == alone
