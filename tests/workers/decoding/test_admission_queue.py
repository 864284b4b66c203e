"""Documents that wait for a lane: who comes first, and that nobody waits for ever."""

from __future__ import annotations

from workers.decoding.admission_queue import AdmissionQueue


def taken(waiting: AdmissionQueue, lane: int = 0, places: int = 100) -> list[list[int]]:
    return [list(cohort) for cohort in waiting.take(lane, places, 10_000, alone=True)]


def sources(*lengths: int) -> list[list[int]]:
    return [[7] * length for length in lengths]


def test_the_longest_come_first_and_like_goes_with_like() -> None:
    waiting = AdmissionQueue()
    waiting.add(sources(3, 50, 20, 30))
    assert len(waiting) == 4
    assert taken(waiting) == [[1, 3], [2], [0]]
    assert len(waiting) == 0
    assert taken(waiting) == []


def test_one_lane_takes_the_longest_and_the_next_the_shortest_until_they_meet() -> None:
    waiting = AdmissionQueue()
    waiting.add(sources(40, 10, 30, 11, 12, 31))
    waiting.deal(2)
    assert taken(waiting, lane=0, places=1) == [[0]]
    assert taken(waiting, lane=1, places=2) == [[3, 1]]
    assert taken(waiting, lane=1, places=1) == [[4]]
    assert taken(waiting, lane=0, places=9) == [[5, 2]]
    assert taken(waiting, lane=0) == taken(waiting, lane=1) == []


def test_a_lane_that_begins_leaves_the_others_their_share() -> None:
    waiting = AdmissionQueue()
    waiting.add(sources(*[9] * 8))
    waiting.deal(2)
    assert taken(waiting, lane=0) == [[0, 1, 2, 3]]
    assert taken(waiting, lane=1) == [[4, 5, 6, 7]]


def test_cohorts_of_short_ones_are_of_like_length_too_and_longest_first() -> None:
    waiting = AdmissionQueue()
    waiting.add(sources(2, 3, 5, 9, 10, 90, 95))
    waiting.deal(2)
    assert taken(waiting, lane=1) == [[1, 0], [4, 3, 2], [5]]


def test_room_is_counted_in_tokens_padded_to_the_longest_of_a_cohort() -> None:
    waiting = AdmissionQueue()
    waiting.add(sources(10, 9, 8, 6, 5))
    waiting.deal(2)
    assert [list(cohort) for cohort in waiting.take(1, 9, 15, alone=False)] == [[3, 4]]
    assert [list(cohort) for cohort in waiting.take(0, 9, 20, alone=False)] == [[0, 1]]


def test_who_came_first_is_not_overtaken_for_ever() -> None:
    waiting = AdmissionQueue()
    waiting.add(sources(5, 1))
    waiting.deal(1)
    came = []
    for _ in range(4):
        waiting.add(sources(9))
        came += taken(waiting, places=1)
    assert came == [[0], [1], [2], [3]]


def test_too_long_a_source_goes_alone_or_waits() -> None:
    waiting = AdmissionQueue()
    waiting.add(sources(50, 40))
    assert waiting.take(0, 9, 10, alone=False) == []
    assert [list(cohort) for cohort in waiting.take(0, 9, 10, alone=True)] == [[0]]
    assert len(waiting) == 1


def test_long_ones_that_come_later_are_begun_at_once_and_short_ones_in_their_turn() -> None:
    waiting = AdmissionQueue()
    waiting.add(sources(40, 10, 30))
    waiting.deal(2)
    waiting.add(sources(50, 2))
    assert taken(waiting, lane=0, places=1) == [[3]]
    assert taken(waiting, lane=0, places=1) == [[0]]
    assert taken(waiting, lane=1, places=1) == [[1]]
    waiting.add(sources(60, 1))
    assert taken(waiting, lane=1, places=1) == [[2]]
    assert taken(waiting, lane=1, places=2) == [[4, 6]]
    assert taken(waiting, lane=0) == [[5]]
    assert len(waiting) == 0
