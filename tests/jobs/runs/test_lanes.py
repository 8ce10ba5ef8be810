"""Which task of a run is next."""

from chalicelib.jobs.runs.agenda import GIVEN_UP_AFTER, LaneName, Lanes, lane_of
from chalicelib.jobs.runs.tasks import SIDE_BY_SIDE, Rank, Task, Wait


def a_task(subject: str, place: str = "a", rank: Rank = Rank.NEW, kind: Wait = Wait.POST) -> Task:
    return Task(kind, place, rank, subject, lambda: None)


class Busy(dict[LaneName, float]):
    """For how many seconds a lane can take nothing."""

    def __call__(self, lane: LaneName) -> float:
        return self.get(lane, 0.0)


def some_lanes(*tasks: Task, busy: Busy | None = None) -> Lanes:
    lanes = Lanes(busy or Busy())
    for task in tasks:
        lanes.add(task)
    return lanes


def all_of(lanes: Lanes) -> list[str]:
    """What is begun, when each task ends at once and well."""
    subjects = []
    while task := lanes.next():
        subjects.append(task.subject)
        lanes.ended(task, well=True, suspect=False)
    return subjects


def test_what_is_new_comes_before_all_else_in_whatever_order_it_was_added() -> None:
    tasks = [a_task(rank.name, place=f"channel {rank}", rank=rank) for rank in reversed(Rank)]
    assert all_of(some_lanes(*tasks)) == [rank.name for rank in Rank]
    one_lane = [a_task(rank.name, rank=rank) for rank in reversed(Rank)]
    assert all_of(some_lanes(*one_lane)) == [rank.name for rank in Rank]


def test_lanes_take_turns_and_each_has_its_first_task_first() -> None:
    lanes = some_lanes(*(a_task(f"{place}{number}", place) for place in "ab" for number in range(3)))
    assert all_of(lanes) == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_what_is_new_in_a_lane_that_was_served_comes_before_what_is_known_in_one_that_was_not() -> None:
    lanes = some_lanes(a_task("a0", "a"), a_task("a1", "a"), a_task("b0", "b", Rank.FRESH))
    assert all_of(lanes) == ["a0", "a1", "b0"]


def test_a_lane_that_may_take_nothing_yet_keeps_no_other_waiting_and_says_how_long() -> None:
    busy = Busy({(Wait.POST, "a"): 0.7})
    lanes = some_lanes(a_task("a0", "a"), a_task("b0", "b", Rank.FRESH), busy=busy)
    assert all_of(lanes) == ["b0"]
    assert lanes.soonest() == 0.7
    busy.clear()
    assert all_of(lanes) == ["a0"]


def test_a_channel_gets_one_task_at_a_time_and_a_kind_so_many() -> None:
    lanes = some_lanes(*(a_task(f"{place}{number}", str(place)) for place in range(99) for number in range(2)))
    begun = []
    while task := lanes.next():
        begun.append(task.place)
    assert len(begun) == len(set(begun)) == SIDE_BY_SIDE[Wait.POST]


def test_a_bucket_gets_one_look_until_it_has_answered_and_then_many() -> None:
    lanes = some_lanes(*(a_task(str(number), kind=Wait.PLACE) for number in range(99)))
    first = lanes.next()
    assert first
    assert lanes.next() is None
    lanes.ended(first, well=True, suspect=False)
    begun = iter(lanes.next, None)
    assert len(list(begun)) == SIDE_BY_SIDE[Wait.PLACE]


def test_what_failed_comes_last_even_when_it_is_the_newest() -> None:
    lanes = some_lanes(a_task("a0"), a_task("a1"), a_task("b0", "b", Rank.FRESH))
    first = lanes.next()
    assert first
    lanes.ended(first, well=False, suspect=False)
    assert all_of(lanes) == ["b0", "a1"]


def test_lanes_that_fail_have_a_quarter_of_the_places_of_their_kind() -> None:
    places = [str(number) for number in range(20)]
    lanes = some_lanes(*(a_task(place, place, kind=Wait.PLACE) for place in places for _ in range(2)))
    for _ in range(len(places)):
        task = lanes.next()
        assert task
        lanes.ended(task, well=False, suspect=False)
    lanes.add(a_task("well", "a healthy one", Rank.FRESH, Wait.PLACE))
    begun = list(iter(lanes.next, None))
    assert begun[0].subject == "well"
    assert len(begun) - 1 == SIDE_BY_SIDE[Wait.PLACE] // 4


def fail(lanes: Lanes, times: int) -> list[Task]:
    """Let tasks fail, one after another; those that are given up at last."""
    lost: list[Task] = []
    for _ in range(times):
        task = lanes.next()
        assert task
        lost = lanes.ended(task, well=False, suspect=lanes.failures(lane_of(task)) > 0)
    return lost


def test_a_lane_that_fails_again_and_again_is_left_to_the_next_run() -> None:
    lanes = some_lanes(*(a_task(str(number)) for number in range(GIVEN_UP_AFTER + 3)))
    assert fail(lanes, GIVEN_UP_AFTER - 1) == []
    assert [task.subject for task in fail(lanes, 1)] == ["5", "6", "7"]
    assert (lanes.waiting, lanes.left, lanes.next()) == (0, [], None)


def test_a_task_that_ends_well_in_between_makes_up_for_all_failures_of_its_lane() -> None:
    lanes = some_lanes(*(a_task(str(number)) for number in range(20)))
    for _ in range(3):
        assert fail(lanes, GIVEN_UP_AFTER - 1) == []
        task = lanes.next()
        assert task
        lanes.ended(task, well=True, suspect=True)


def test_looks_that_fail_side_by_side_are_one_failure() -> None:
    lanes = some_lanes(*(a_task(str(number), kind=Wait.PLACE) for number in range(30)))
    first = lanes.next()
    assert first
    lanes.ended(first, well=True, suspect=False)
    for task in list(iter(lanes.next, None)):
        assert lanes.ended(task, well=False, suspect=False) == []
    assert lanes.failures(lane_of(first)) == 1


def test_a_bucket_that_has_answered_is_asked_for_its_other_locks_ten_times_as_long() -> None:
    lanes = some_lanes(*(a_task(str(number), kind=Wait.PLACE) for number in range(60)))
    first = lanes.next()
    assert first
    lanes.ended(first, well=True, suspect=False)
    assert fail(lanes, 10 * GIVEN_UP_AFTER - 1) == []
    assert len(fail(lanes, 1)) == 9


def test_a_lane_promises_what_it_is_about_to_begin_and_nothing_while_it_hangs_or_fails() -> None:
    lanes = some_lanes(*(a_task(str(number), kind=Wait.PLACE) for number in range(3)))
    assert lanes.promise(Rank.NEW, Wait.PLACE)
    assert not lanes.promise(Rank.NEW, Wait.POST)
    assert not lanes.promise(Rank.KNOWN, Wait.PLACE)
    task = lanes.next()
    assert task
    assert not lanes.promise(Rank.NEW, Wait.PLACE)
    lanes.ended(task, well=False, suspect=False)
    assert not lanes.promise(Rank.NEW, Wait.PLACE)
