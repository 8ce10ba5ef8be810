import pytest

from chalicelib.core.listing import ListRequest
from tests.builders import ALICE, CHANNEL


@pytest.mark.parametrize(
    ("text", "understood", "everything"),
    [("", True, False), ("  ", True, False), ("all", True, True), (" ALL ", True, True), ("all of them", False, False)],
)
def test_a_list_is_of_this_channel_or_of_all(text: str, understood: bool, everything: bool) -> None:
    request = ListRequest(ALICE, CHANNEL, text)
    assert (request.understood, request.everything) == (understood, everything)
