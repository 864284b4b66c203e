"""The model registry: each model once, the least recently used leave, those in use stay."""

from __future__ import annotations

import gc
import random
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from schema.status.workers import ModelInMemory
from tests.support.waiting import wait_until
from workers.errors import ModelError
from workers.models.registry import ModelRegistry, Reserve

PATIENCE = 30.0


class Source:
    """So many floats, loaded as often as somebody asks."""

    def __init__(self, name: str, floats: int = 25) -> None:
        self.name, self._floats = name, floats
        self.loads = 0
        self.on_load: Callable[[], object] = lambda: None

    def load(self, reserve: Reserve) -> list[Tensor]:
        reserve(self._floats * 4)
        self.on_load()
        self.loads += 1
        return [torch.zeros(self._floats)]


@pytest.fixture
def collected_by_count_alone() -> Iterator[None]:
    """What a child has loaded at its start is never searched for circles."""
    gc.disable()
    yield
    gc.enable()


def use(models: ModelRegistry, *sources: Source) -> None:
    for source in sources:
        with models.using(source):
            pass


def names(models: ModelRegistry) -> list[str]:
    return [model.name for model in models.loaded()]


def test_the_least_recently_used_leaves(collected_by_count_alone: None) -> None:
    models = ModelRegistry(budget=250)
    a, b, c = Source("a"), Source("b"), Source("c")
    use(models, a, b)
    with models.using(b) as weights:
        gone = weakref.ref(weights[0])
    del weights
    use(models, a, c)
    assert models.loaded() == [ModelInMemory("a", 100), ModelInMemory("c", 100)]
    assert gone() is None
    use(models, a, b)
    assert names(models) == ["a", "b"]
    assert (a.loads, b.loads, c.loads) == (1, 2, 1)


def test_without_a_bound_all_stay() -> None:
    models = ModelRegistry()
    sources = [Source(str(number)) for number in range(9)]
    use(models, *sources, *sources)
    assert {source.loads for source in sources} == {1}


def test_one_that_fits_alone_only_has_the_memory_to_itself() -> None:
    models = ModelRegistry(budget=150)
    small, large = Source("small"), Source("large", floats=1_000)
    use(models, small, large, large)
    assert models.loaded() == [ModelInMemory("large", 4_000)]
    assert large.loads == 1
    use(models, small)
    assert names(models) == ["small"]


def test_what_is_in_use_stays_and_leaves_afterwards() -> None:
    models = ModelRegistry(budget=150)
    a, b = Source("a"), Source("b")
    with models.using(a) as weights:
        use(models, b)
        assert names(models) == ["a", "b"]
        assert weights[0].sum() == 0
        # Now it is the newer one, and so the other goes as soon as nobody uses it.
        use(models, a)
        assert names(models) == ["a"]
        use(models, b)
    # The one that was asked for last is the one that is wanted next.
    assert names(models) == ["b"]
    assert (a.loads, b.loads) == (1, 2)


def test_pinned_models_count_and_stay() -> None:
    models = ModelRegistry(budget=250)
    a, b = Source("a"), Source("b")
    use(models, a)
    models.pin("encoder", [torch.zeros(40)])
    assert names(models) == ["encoder"]
    use(models, a, b)
    assert models.loaded() == [ModelInMemory("b", 100), ModelInMemory("encoder", 160)]


def test_room_is_made_before_weights_are_read() -> None:
    models = ModelRegistry(budget=150)
    a, b = Source("a"), Source("b")
    use(models, a)
    there: list[list[str]] = []
    b.on_load = lambda: there.append(names(models))
    use(models, b)
    assert there == [[]]


def test_threads_wait_for_one_load_and_others_go_on() -> None:
    models = ModelRegistry(budget=1_000)
    slow, quick = Source("slow"), Source("quick")
    begun, go_on = threading.Event(), threading.Event()

    def load() -> None:
        begun.set()
        assert go_on.wait(PATIENCE)

    slow.on_load = load
    threads = [threading.Thread(target=use, args=(models, slow)) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(PATIENCE)
    wait_until(lambda: models._sources[slow].users == 3, PATIENCE)
    use(models, quick)
    assert names(models) == ["quick"]
    go_on.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert slow.loads == 1
    assert names(models) == ["quick", "slow"]


def test_a_model_that_cannot_be_loaded_is_asked_for_again() -> None:
    models = ModelRegistry(budget=150)
    a, b = Source("a"), Source("b")
    use(models, a)

    def fail() -> None:
        raise ModelError("the disk is gone")

    b.on_load = fail
    for _ in range(2):
        with pytest.raises(ModelError, match="the disk is gone"):
            use(models, b)
    assert names(models) == []
    b.on_load = lambda: None
    use(models, b, a)
    assert names(models) == ["a"]
    assert (a.loads, b.loads) == (2, 1)


def test_weights_that_grow_are_measured_again() -> None:
    models = ModelRegistry(budget=250)
    a, b = Source("a"), Source("b")
    use(models, b)
    with models.using(a) as weights:
        weights.append(torch.zeros(50))
        models.measure_again(a)
        assert models.loaded() == [ModelInMemory("a", 300), ModelInMemory("b", 100)]
    assert models.loaded() == [ModelInMemory("a", 300)]


def test_many_threads_at_once_each_have_what_they_asked_for() -> None:
    models = ModelRegistry(budget=250)
    sources = [Source(str(number)) for number in range(5)]
    wrong: list[str] = []

    def work(seed: int) -> None:
        draw = random.Random(seed)
        for _ in range(200):
            source, beside = draw.sample(sources, 2)
            with models.using(source) as weights:
                use(models, beside)
                if len(weights[0]) != 25 or source.name not in names(models):
                    wrong.append(source.name)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert wrong == []
    assert [held.users for held in models._sources.values()] == [0] * 5
    assert sum(model.bytes for model in models.loaded()) <= 250
