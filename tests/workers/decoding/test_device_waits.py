"""What a GPU is asked in a step, which waits for it: once which documents have finished.

Tensors on the meta device have no values, so that whatever asks for one raises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.support import causal_models, seq2seq_models
from tests.support.causal_models import prompts_of
from tests.support.collected import nothing
from tests.support.seq2seq_models import sources_of
from tests.support.seq2seq_searches import SEARCHES, settings_of
from workers.decoding import Decoder, convert
from workers.decoding import decoder as loop
from workers.decoding.search.beam import BeamSearch
from workers.decoding.search.greedy import GreedySearch

pytestmark = pytest.mark.long

META = torch.device("meta")
DOCUMENTS = 6
#: After as many, all texts are cut off.
STEPS = 6


def without_values(build: Callable[[str], Any], family: str) -> Any:
    with META:
        return build(family)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many documents were there, each time that it was asked which have finished: the third
    time, the first two have; then one after the other, from the first or the last.
    """
    asked: list[int] = []

    def fetched(finished: Sequence[Tensor]) -> list[list[bool]]:
        (only,) = finished
        documents = len(only)
        asked.append(documents)
        gone = {3: [0, 1], 4: [documents - 1], 5: [0]}.get(len(asked), [])
        gone = list(range(documents)) if len(asked) == STEPS else gone
        return [[place in gone for place in range(documents)]]

    def written(_: object, documents: Tensor) -> list[list[int]]:
        return [[1]] * len(documents)

    monkeypatch.setattr(loop, "_fetched", fetched)
    for kind in (GreedySearch, BeamSearch):
        monkeypatch.setattr(kind, "written", written)
    return asked


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("family", seq2seq_models.MODELS)
def test_a_step_of_sources_waits_once(family: str, search: str, asked: list[int]) -> None:
    model = without_values(seq2seq_models.build_model, family)
    settings = settings_of(model, **SEARCHES[search] | {"max_length": 1 + STEPS})
    # All of like length: one cohort.
    sources = sources_of(20, model.config.eos_token_id)
    sources = [(source * 30)[: 30 + number] for number, source in enumerate(sources[:DOCUMENTS])]
    decoder = Decoder(convert(model, "fp32"), settings, 32, 10_000, META)
    assert decoder.decode(sources, nothing) == [[1]] * DOCUMENTS
    assert asked == [6, 6, 6, 4, 3, 2]


@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize("family", causal_models.MODELS)
def test_a_step_of_prompts_waits_once(family: str, beams: int, asked: list[int]) -> None:
    model = without_values(causal_models.build_model, family)
    settings = causal_models.settings_of(causal_models.ENDS, num_beams=beams)
    prompts = [(prompt * 20)[:20] for prompt in prompts_of(DOCUMENTS)]
    decoder = Decoder(convert(model, "fp32"), settings, 32, 10_000, META)
    assert decoder.decode(prompts, nothing) == [[1]] * DOCUMENTS
    assert asked == [6, 6, 6, 4, 3, 2]
