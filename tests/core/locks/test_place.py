from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.locks.place import Kind, LockRef, Place, place_of
from tests.builders import a_ref

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789.-", min_size=3, max_size=63)
TIMES = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
PLACES = st.builds(Place, st.sampled_from(Kind), NAMES, TEXT.map("{}.tflock".format), NAMES | st.just(""), NAMES)
REFS = st.builds(LockRef, PLACES, st.text('"-0123456789abcdef', max_size=40), TIMES)


@given(REFS)
def test_a_place_is_known_by_what_the_book_keeps_a_lock_under(ref: LockRef) -> None:
    assert place_of(ref.state_path, ref.identity) == ref.place


def test_equal_locks_at_two_places_of_one_state_path_are_two() -> None:
    here = a_ref()
    place = here.place
    there = LockRef(Place(place.kind, place.container, place.key, account="111122223333"), here.stamp, here.since)
    assert here.state_path == there.state_path
    assert here.identity != there.identity
    assert here.name != there.name
