"""Windows that wait: what is urgent comes soon, the rest keeps its part. No clock is looked at."""

from __future__ import annotations

from workers.analysis import Window
from workers.engine.waiting_windows import (
    CREDIT,
    OTHERS,
    SHORT,
    SHORT_BATCHES,
    URGENT,
    WaitingWindows,
)

BUDGET = 64
#: Tokens of every window.
LENGTH = 2


def windows(count: int) -> list[Window]:
    return [Window(LENGTH, None) for _ in range(count)]


def waiting() -> WaitingWindows:
    return WaitingWindows(lambda: BUDGET, queues=False)


def test_an_urgent_job_goes_before_whatever_waits_and_shares_no_batch_with_it() -> None:
    some = waiting()
    some.add(windows(100))
    some.add(windows(3), urgency=0)
    assert list(some.take(1)) == [100, 101, 102]
    assert some.tokens == 100 * LENGTH


def test_of_urgent_jobs_that_which_is_least_far_in_its_run_goes_first() -> None:
    some = waiting()
    some.add(windows(2), urgency=256)
    some.add(windows(2), urgency=0)
    some.add(windows(2), urgency=0)
    assert list(some.take(1)) == [2, 3, 4, 5, 0, 1]


def test_others_keep_a_third_beside_urgent_jobs_that_never_end() -> None:
    some = waiting()
    some.add(windows(2_000))
    large = small = 0
    rarest = 0
    since = 0
    for _ in range(400):
        some.add(windows(5), urgency=0)
        batch = some.take(1)
        of_large = sum(number < 2_000 for number in batch)
        large += of_large
        small += len(batch) - of_large
        since = 0 if of_large else since + 1
        rarest = max(rarest, since)
    assert 1 / 3 < large / (large + small) <= OTHERS / (URGENT + OTHERS) + 0.02
    # Batches of 5 and more, as the urgent ones heap up: no long time without the others.
    assert rarest <= 3


def test_urgent_jobs_one_after_the_other_do_not_wait_for_others_that_have_had_much_more() -> None:
    some = waiting()
    some.add(windows(2_000))
    for _ in range(10):
        some.take(1)
    credit = URGENT * BUDGET // CREDIT
    # Of two windows each: their lead grows by `OTHERS` for each token.
    jobs = credit // (OTHERS * 2 * LENGTH)
    for _ in range(jobs):
        some.add(windows(2), urgency=0)
        assert min(some.take(1)) >= 2_000


def test_what_others_have_had_before_is_held_against_them_up_to_a_part_of_a_batch() -> None:
    some = waiting()
    some.add(windows(2_000))
    for _ in range(40):
        some.take(1)
    before_others = 0
    while True:
        some.add(windows(5), urgency=0)
        batch = some.take(1)
        if min(batch) < 2_000:
            break
        before_others += len(batch) * LENGTH
    most = (URGENT * BUDGET // CREDIT + URGENT * BUDGET // SHORT) / OTHERS
    assert most <= before_others < most + 2 * 5 * LENGTH


def test_nobody_is_owed_for_a_time_in_which_he_had_nothing_to_do() -> None:
    some = waiting()
    for _ in range(50):
        some.add(windows(5), urgency=0)
        some.take(1)
    some.add(windows(100))
    some.add(windows(5), urgency=0)
    assert len(some.take(1)) == 5


def test_batches_are_short_for_a_while_after_an_urgent_one() -> None:
    some = waiting()
    some.add(windows(2_000))
    assert len(some.take(1)) == BUDGET // LENGTH
    some.add(windows(1), urgency=0)
    assert len(some.take(1)) == 1
    sizes = [len(some.take(1)) for _ in range(SHORT_BATCHES + 1)]
    assert sizes == [BUDGET // LENGTH // SHORT] * SHORT_BATCHES + [BUDGET // LENGTH]


def test_a_window_that_is_dearer_than_a_batch_goes_by_itself() -> None:
    some = waiting()
    some.add([Window(2 * BUDGET, None), *windows(1)], urgency=0)
    assert list(some.take(1)) == [0]
    assert list(some.take(1)) == [1]
    assert not some.take(1)
    assert not some
