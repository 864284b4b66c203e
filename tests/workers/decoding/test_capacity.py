"""What a decoder has room for, and how it fills it."""

from __future__ import annotations

import pytest
import torch

from schema.catalog import Precision
from tests.support.collected import nothing
from tests.support.seq2seq_models import build_model, decoder_of, sources_of
from tests.support.seq2seq_searches import ENDS, settings_of
from tests.workers.engine.test_batch_stream import threads
from workers.decoding import capacity, convert, decoder
from workers.decoding.attention.kv_layout import padded_at_once, padded_by_runs
from workers.decoding.capacity import MOST_ROWS, ON_CPU, room, room_in
from workers.decoding.cohort import Cohort
from workers.layers.packing import Packing
from workers.runtime import gpu_memory
from workers.runtime.gpu_memory import memory_of, share_memory

CPU = torch.device("cpu")
GIB = 2**30


def test_room_is_a_matter_of_memory_and_of_what_a_token_takes() -> None:
    model = convert(build_model("marian"), "fp32")
    each = len(model.decoder) * 2 * model.key_heads * model.size * 4
    rows, tokens = room_in(1000 * each * 256, model, 4)
    assert tokens * each == pytest.approx(0.2 * 1000 * each * 256, rel=0.01)
    assert rows == tokens // 256 == 200
    # Half the memory, or numbers of twice the size, are half the room.
    assert room_in(500 * each * 256, model, 4) == room_in(1000 * each * 256, model, 8)
    assert room_in(500 * each * 256, model, 4)[0] == rows // 2
    assert room_in(100 * GIB, model, 4)[0] == MOST_ROWS
    assert room_in(0, model, 4)[0] >= 1
    assert room_in(-GIB, model, 4) == room_in(0, model, 4)


@pytest.mark.parametrize(("precision", "width"), [("fp32", 4), ("bf16", 2)])
def test_weights_take_their_part_of_a_gpu(
    monkeypatch: pytest.MonkeyPatch, precision: Precision, width: int
) -> None:
    model = convert(build_model("marian"), "fp32")
    monkeypatch.setattr(capacity, "memory_of", lambda _: GIB)
    gpu, parameters = torch.device("cuda:0"), GIB // 16
    assert room(model, parameters, gpu, precision) == room_in(
        GIB - parameters * width, model, width
    )


def test_on_a_cpu_room_is_what_stays_near_to_the_processor() -> None:
    model = convert(build_model("marian"), "fp32")
    share_memory("cpu", 8)
    assert room(model, 10**12, CPU, "fp32") == ON_CPU


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_children_share_a_gpu() -> None:
    gpu = torch.device("cuda:0")
    whole = memory_of(gpu)
    share_memory("cuda:0", 4)
    try:
        assert memory_of(gpu) == pytest.approx(whole * 0.9 / 4, rel=0.01)
    finally:
        gpu_memory._parts.clear()
        torch.cuda.set_per_process_memory_fraction(1.0, gpu)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_where_there_is_no_gpu_whoever_loads_a_model_is_to_say_so() -> None:
    share_memory("cuda:0", 4)
    assert not gpu_memory._parts


@pytest.mark.parametrize("lengths", [[5, 5, 2, 1], [3], [1, 7, 7, 2, 7], [4, 4]])
def test_sources_may_be_padded_in_one_go_or_length_by_length(lengths: list[int]) -> None:
    packing = Packing(lengths, CPU)
    keys_values = torch.randn(sum(lengths), 2, 3, 4)
    at_once, by_runs = (way(keys_values, packing) for way in (padded_at_once, padded_by_runs))
    assert torch.equal(at_once, by_runs)
    assert by_runs.shape == (2, len(lengths), 3, max(lengths), 4)
    for place, length in enumerate(lengths):
        start = sum(lengths[:place])
        # (2, heads, length, size)
        own = keys_values[start : start + length].permute(1, 2, 0, 3)
        assert torch.equal(by_runs[:, place, :, :length], own)
        assert not by_runs[:, place, :, length:].any()


def test_documents_wait_for_room_of_tokens_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each that has finished would be followed at once, by a cohort of its own."""
    cohorts: list[int] = []

    class Counted(Cohort):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)  # type: ignore[arg-type]
            cohorts.append(self.documents)

    monkeypatch.setattr(decoder, "Cohort", Counted)
    model = build_model("marian")
    settings = settings_of(model, ENDS, max_length=60, no_repeat_ngram_size=1)
    longest = 60
    sources = [(source * longest)[:longest] for source in sources_of(64, 0)]
    # There are places for all, and tokens for 16.
    with threads(1):
        texts = decoder_of(model, settings, rows=64, tokens=16 * longest).decode(sources, nothing)
    assert sum(cohorts) == len(texts) == 64
    assert len({len(text) for text in texts}) > 5
    assert max(cohorts) == 16
    # Four at a time come after the first sixteen.
    assert all(count >= 4 for count in cohorts[:-1])
