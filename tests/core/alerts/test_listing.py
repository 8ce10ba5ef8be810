import time
from datetime import UTC, datetime

import pytest

from chalicelib.core.alerts.listing import HeldEntry, ListRequest, pages_of, select
from chalicelib.core.clicks.list_query import PAGE, Query
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.policy import Route
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, a_policy, some_rules

OTHER = "C0OTHER"
OWNED = a_policy(channel=OTHER, owners={"*@build-*": BOB, "alice@*": ALICE})
RULES = some_rules(Route((f"{BUCKET}/payments/*",), OWNED))


def an_entry(path: str, second: int = 0, **known: str) -> HeldEntry:
    bucket, _, state_key = path.partition("/")
    taken = datetime(2026, 11, 21, 3, second // 60, second % 60, tzinfo=UTC)
    ref = LockRef(Place(Kind.S3, bucket, f"{state_key}.tflock"), '"etag"', taken)
    return HeldEntry(ref.state_path, ref.identity, **known)


def selected(query: Query, *entries: HeldEntry, user: str = ALICE, channel: str = CHANNEL) -> list[str]:
    return [entry.state_path for entry in select(ListRequest(user, channel, ""), query, entries, RULES).entries]


@pytest.mark.parametrize(
    ("text", "understood"), [("", True), ("all of them", True), ("page x", False), ("help", False)]
)
def test_a_request_is_understood_when_its_text_is(text: str, understood: bool) -> None:
    assert ListRequest(ALICE, CHANNEL, text).understood is understood


HERE, THERE, OUTSIDE = f"{BUCKET}/prod/a", f"{BUCKET}/payments/b", "elsewhere/c"
ENTRIES = (an_entry(HERE, 2), an_entry(THERE, 1), an_entry(OUTSIDE), an_entry(f"{BUCKET}/"))


@pytest.mark.parametrize(
    ("query", "channel", "paths"),
    [
        (Query(), CHANNEL, [HERE]),
        (Query(), OTHER, [THERE]),
        (Query(), "C0NOWHERE", []),
        (Query(everything=True), CHANNEL, [THERE, HERE]),
        (Query(words=("pay",)), CHANNEL, []),
        (Query(words=("pay",)), OTHER, [THERE]),
        (Query(everything=True, words=("pay",)), CHANNEL, [THERE]),
        (Query(everything=True, words=(BUCKET,)), CHANNEL, [THERE, HERE]),
    ],
)
def test_a_query_is_of_a_channel_s_or_all_locks_within_the_targets_oldest_first(
    query: Query, channel: str, paths: list[str]
) -> None:
    assert selected(query, *ENTRIES, channel=channel) == paths


@pytest.mark.parametrize(
    ("entry", "alice_s"),
    [
        (an_entry(HERE, owner=ALICE), True),
        (an_entry(HERE, owner=BOB), False),
        (an_entry(THERE, who="alice@macbook"), True),
        (an_entry(THERE, principal="AWS:AROAEXAMPLE:alice@acme.example"), True),
        (an_entry(THERE, who="root@build-7"), False),
        (an_entry(THERE), False),
        (an_entry(HERE, who="alice@macbook"), False),
        (an_entry(OUTSIDE, owner=ALICE), False),
    ],
)
def test_mine_are_those_of_which_the_reaper_knows_or_the_route_s_table_says_so(entry: HeldEntry, alice_s: bool) -> None:
    assert selected(Query(mine=True), entry, channel="C0NOWHERE") == ([entry.state_path] if alice_s else [])


def test_the_pages_of_a_list_have_every_lock_once_and_a_later_one_than_the_last_is_the_last() -> None:
    entries = [an_entry(f"{BUCKET}/prod/{number}", number) for number in range(2 * PAGE + 1)]
    request = ListRequest(ALICE, CHANNEL, "")
    pages = [select(request, Query(page=page), reversed(entries), RULES) for page in (1, 2, 3)]
    assert [entry for page in pages for entry in page.entries] == entries
    assert {page.total for page in pages} == {2 * PAGE + 1}
    assert select(request, Query(page=99), entries, RULES) == pages[2]
    assert (pages[2].page, pages_of(0), pages_of(PAGE), pages_of(PAGE + 1)) == (3, 1, 1, 2)


def test_ten_thousand_locks_are_gone_through_in_far_less_than_slack_waits() -> None:
    """Slack waits three seconds, for a function that has half a processor."""
    routes = [Route((f"{BUCKET}/{team}/*", f"{BUCKET}/env:/*/{team}/*"), a_policy(channel=OTHER)) for team in range(50)]
    rules = some_rules(*routes)
    entries = [an_entry(f"{BUCKET}/prod/service-{number}/terraform.tfstate", number % 3600) for number in range(10_000)]
    select(ListRequest(ALICE, CHANNEL, ""), Query(), entries[:1], rules)
    begun = time.process_time()
    assert select(ListRequest(ALICE, CHANNEL, ""), Query(), entries, rules).total == 10_000
    assert time.process_time() - begun < 1
