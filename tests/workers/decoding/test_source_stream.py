"""Sources that come while others are on their way: each is written as it is written alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace

import pytest

from tests.support.collected import nothing
from tests.support.counted_head import CountedHead
from tests.support.seq2seq_models import CPU, build_model, decoder_of, sources_of
from tests.support.seq2seq_searches import ENDS, settings_of
from tests.support.three_lanes import LANES, three_lanes
from workers.decoding import Decoder, convert

pytestmark = pytest.mark.long


def written(
    decoder: Decoder, first: list[list[int]], more: Callable[[], list[list[int]]]
) -> dict[int, list[int]]:
    """The texts of sources that come while others are on their way."""
    stream = decoder.stream()
    stream.add(first)
    texts: dict[int, list[int]] = {}
    for finished in stream.run(nothing):
        for number, text in finished or ():
            assert number not in texts
            texts[number] = text
        if stream.needs_sources():
            stream.add(more())
    return texts


@pytest.mark.parametrize("beams", [1, 4])
def test_documents_come_and_go_and_change_nothing_for_each_other(beams: int) -> None:
    model = build_model("marian")
    settings = settings_of(model, ENDS, num_beams=beams, max_length=60, no_repeat_ngram_size=1)
    sources = sources_of(40, 0)
    alone = [decoder_of(model, settings, rows=1).decode([source], nothing)[0] for source in sources]
    assert len({len(text) for text in alone}) > 5
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    for rows, tokens in ((8 * beams, 10_000), (400, 10_000), (400, 150 * beams), (1, 1)):
        decoder = decoder_of(model, settings, rows, tokens=tokens)
        assert decoder.decode(sources, count) == alone
        assert decoder.decode(sources[::-1], nothing) == alone[::-1]


@pytest.mark.parametrize("family", ["marian", "t5"])
@pytest.mark.parametrize("beams", [1, 4])
def test_lanes_share_the_documents(family: str, beams: int) -> None:
    model = build_model(family)
    ends = {"no_repeat_ngram_size": 1}
    settings = settings_of(model, ENDS, num_beams=beams, max_length=60, **ends)
    sources = sources_of(40, model.config.eos_token_id)
    alone = decoder_of(model, settings).decode(sources, nothing)
    with three_lanes(rows=5 * beams) as begun:
        for rows in (4 * beams, 400):
            begun.clear()
            assert decoder_of(model, settings, rows).decode(sources, nothing) == alone
            assert begun == LANES


@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize("lanes", [1, 3])
def test_sources_may_come_while_others_are_on_their_way(beams: int, lanes: int) -> None:
    model = build_model("marian")
    settings = settings_of(model, ENDS, num_beams=beams, max_length=60, no_repeat_ngram_size=1)
    sources = sources_of(60, 0)
    expected = decoder_of(model, settings).decode(sources, nothing)
    coming = [sources[20:21], sources[21:40], [], sources[40:]]

    def more() -> list[list[int]]:
        return coming.pop(0) if coming else []

    with three_lanes(rows=5 * beams) if lanes > 1 else nullcontext():
        decoder = decoder_of(model, settings, 4 * beams)
        # Three lanes wait for each other in their first step: all need something to do.
        texts = written(decoder, sources[:20], more)
    assert not coming
    assert [texts[number] for number in range(60)] == expected


def test_what_comes_when_the_last_lane_has_ended_is_written_too() -> None:
    model = build_model("marian")
    settings = settings_of(model, ENDS, max_length=60, no_repeat_ngram_size=1)
    sources = sources_of(12, 0)
    decoder = decoder_of(model, settings)
    texts: dict[int, list[int]] = {}
    stream = decoder.stream()
    stream.add(sources[:6])
    late = [sources[6:]]
    for finished in stream.run(nothing):
        texts.update(finished or ())
        if late and len(texts) == 6:
            assert stream.needs_sources()
            stream.add(late.pop())
    expected = decoder.decode(sources, nothing)
    assert [texts[number] for number in range(12)] == expected


def test_finished_rows_are_not_computed_any_more() -> None:
    model = build_model("marian")
    settings = settings_of(model, ENDS, max_length=60, no_repeat_ngram_size=1)
    sources = sources_of(40, 0)
    seq2seq = convert(model, "fp32")
    lm_head = CountedHead(seq2seq.head)
    counted = replace(seq2seq, head=lm_head)
    texts = Decoder(counted, settings, 16, 10_000, CPU).decode(sources, nothing)
    assert lm_head.rows == sum(map(len, texts))
