import pytest

from bench.dynamodb_units import Item, read, size_of, written

KEY = {"Path": {"S": "a"}}


def an_item(size: int, since: str = "") -> Item:
    held = {"HeldSince": {"S": since}} if since else {}
    rest = size - size_of(KEY | held) - 1
    return {**KEY, **held, "X": {"S": "x" * rest}}


def test_the_size_of_an_item_is_that_of_its_names_and_values() -> None:
    assert size_of(
        {"Name": {"S": "é"}, "Is": {"BOOL": True}, "At": {"N": "1797045537"}, "In": {"SS": ["a", "bc"]}}
    ) == (4 + 2 + 2 + 1 + 2 + 6 + 2 + 3)


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, an_item(1024), 1),
        (None, an_item(1025), 2),
        (an_item(3000), None, 3),
        (an_item(3000), an_item(100), 3),
        (None, None, 1),
        (None, an_item(900, "1"), 2),
        (an_item(900, "1"), an_item(900), 2),
        (an_item(900, "1"), an_item(901, "1"), 2),
        (an_item(900, "1"), an_item(900, "1"), 1),
        (an_item(900, "1"), an_item(900, "2"), 3),
    ],
    ids=[
        "a new item of 1 KB",
        "one byte more",
        "a deleted one",
        "one that shrinks",
        "nothing there",
        "into the index",
        "out of the index",
        "changed in the index",
        "refused, so unchanged in the index",
        "moved in the index",
    ],
)
def test_a_write_is_charged_for_the_larger_item_and_for_what_it_changes_in_the_index(
    before: Item | None, after: Item | None, units: int
) -> None:
    assert written(before, after, "HeldSince") == units


def test_a_read_is_charged_for_all_that_it_looks_at_together() -> None:
    assert read([an_item(3000), an_item(3000)], consistent=True) == 2
    assert read([], consistent=False) == 0.5
