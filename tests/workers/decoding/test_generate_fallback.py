"""What the decoding loop lacks is named, and `generate` serves it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.collected import nothing
from tests.support.seq2seq_models import build_model, decoder_of, sources_of
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
