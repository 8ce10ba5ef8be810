from bench.lock_cycles import BatchedQueue, Clock, cycles


def batches_of(arrivals: dict[str, float], most: int = 3, seconds: float = 10) -> list[tuple[float, list[str]]]:
    clock, batches = Clock(), list[tuple[float, list[str]]]()
    queue = BatchedQueue(clock, seconds, most, lambda batch: batches.append((clock.now, batch)))
    for message, at in arrivals.items():
        queue.leave(message, at)
    clock.run()
    return batches


def test_a_batch_is_handed_out_when_its_window_closes() -> None:
    assert batches_of({"a": 1, "b": 10, "c": 12}) == [(11, ["a", "b"]), (22, ["c"])]


def test_a_full_batch_is_handed_out_at_once_and_the_next_has_a_window_of_its_own() -> None:
    assert batches_of({"a": 1, "b": 2, "c": 3, "d": 5}) == [(3, ["a", "b", "c"]), (15, ["d"])]


def test_a_queue_with_batches_of_one_holds_nothing_back() -> None:
    assert batches_of({"a": 1, "b": 1.5}, most=1, seconds=0) == [(1, ["a"]), (1.5, ["b"])]


def test_a_state_is_locked_again_only_when_it_was_released() -> None:
    released: dict[str, float] = {}
    for cycle in cycles(200, states=7, apart=2.6, run="run"):
        assert released.get(cycle.key, 0) < cycle.taken < cycle.released
        released[cycle.key] = cycle.released
