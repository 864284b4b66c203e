"""Batches in a stream, through real models: the same outcomes as each by itself, and when."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schema.catalog import Catalog
from schema.document import Document
from tests.support.collected import OPTIONS, Collected, batch_of, documents_of, nothing
from tests.support.streamed import Streamed
from workers.analyses import load_analysis
from workers.engine.continuous_batching import ContinuousBatching
from workers.engine.engine import Engine

SIZES = (3, 1, 7, 2, 11)


@pytest.mark.parametrize("name", ["summary", "translation"])
@pytest.mark.parametrize("wants", [4, 1000])
def test_outcomes_are_those_of_each_batch_by_itself(
    tiny_catalog: Catalog, monkeypatch: pytest.MonkeyPatch, name: str, wants: int
) -> None:
    engine = Engine(load_analysis(name, tiny_catalog, "cpu"))
    monkeypatch.setattr("workers.decoding.Decoder.wants", property(lambda _: wants))
    texts = [f"The parcel {number} arrived late. " * (number % 5 + 1) for number in range(23)]
    long = "The box broke on the way. " * 100
    batches = []
    for size in SIZES:
        some, texts = texts[:size], texts[size:]
        batches.append(documents_of([*some, long] if size == 2 else some))
    expected = [engine.outcomes(documents, OPTIONS) for documents in batches]
    prepared = [batch_of(engine, documents) for documents in batches]
    streaming = ContinuousBatching(engine)
    group = streaming.group(prepared[0].prepared)
    assert group is not None
    collected = Collected(prepared[1:])
    before = engine.counters.copy()
    fault = streaming.run(group, prepared[0], collected.more, nothing, collected.on_done)
    assert fault is None and not collected.coming
    assert [collected.done[number] for number in range(len(SIZES))] == expected
    assert collected.counted.tokens == (engine.counters - before).tokens > 0
    # Three documents are not enough, four are; the others come when fewer are waiting.
    assert collected.waited_for == (1 if wants == 4 else 4)


def test_only_batches_of_one_group_take_a_stream() -> None:
    engine = Engine(Streamed())
    streaming = ContinuousBatching(engine)

    def group(*documents: Document) -> str | None:
        return streaming.group(engine.prepare(list(documents), OPTIONS))

    assert group(Document(1, "a", "en"), Document(2, "no", "en")) == "en"
    assert group(Document(1, "a", "fr"), Document(2, "b", "en")) is None
    assert group(Document(1, "no", "fr"), Document(2, "", "en")) is None


@pytest.mark.parametrize("place", ["more", "on_step", "on_done"])
def test_what_a_call_back_raises_is_no_fault_of_the_model(place: str) -> None:
    engine = Engine(Streamed())

    def fail(*_: object) -> None:
        raise KeyError(place)

    calls: dict[str, Callable[..., None]] = {
        one: fail if one == place else lambda *_: None for one in ("more", "on_step", "on_done")
    }
    with pytest.raises(KeyError, match=place):
        ContinuousBatching(engine).run("", batch_of(engine, documents_of(["a"])), **calls)


def test_what_the_model_raises_is_told_and_blames_nobody() -> None:
    analysis = Streamed()
    analysis.errors["forward", "bad"] = ValueError("bad")
    engine = Engine(analysis)
    coming = Collected([batch_of(engine, documents_of(["bad", "c"]))])
    first = batch_of(engine, documents_of(["a", "b"]))
    fault = ContinuousBatching(engine).run("", first, coming.more, nothing, coming.on_done)
    assert isinstance(fault, ValueError)
    assert list(coming.done) == [0]
