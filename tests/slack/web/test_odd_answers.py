"""Whatever comes back from Slack, or from what stands between, is one of the ports' failures and stops nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.core.alerts.alert import Reply, alert_for
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.message import Posted, Saying, Topic
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.click import Person, Verb, Whisper
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.policy import Route
from chalicelib.ports.people import DirectoryError, MaybePostedError, MessageGoneError, MessengerError
from chalicelib.slack.directory import SlackDirectory
from chalicelib.slack.messenger import SlackMessenger
from chalicelib.slack.web.pace import Time
from tests.builders import ALICE, APP, BOB, BUCKET, CHANNEL, KEY, TAKEN, a_lock, a_policy, a_sending, sample, some_rules
from tests.fakes.world import FakeWorld
from tests.odd_server import ODD_ANSWERS, UNCLEAR, OddServer, said
from tests.slack.web.odd_slack import HALF, RATE_LIMITS, WORDY, too_many
from tests.sweeps import sweep

NOW = TAKEN + timedelta(hours=2)
ALERT_NOW = alert_for(Page(lock=a_lock()), a_policy(mentions={1: (ALICE,)}), NOW, None)
SENDING = a_sending(at=NOW, channel=CHANNEL, level=1)
NOTE = Reply(
    alert=ALERT_NOW, sending=msgspec.structs.replace(SENDING, saying=(Saying(Topic.LEVEL, "2"),), beneath="1.000001")
)
DIGEST = Digest(channel=CHANNEL, locks=("a",), held=1, oldest=(), at=NOW, posted=Posted(CHANNEL, "1.000001"))
WHISPERED = Whisper(
    verb=Verb.RELEASE, ending=Ending(outcome=Outcome.REFUSED, at=NOW, user=BOB, refusal=Refusal.NOT_LISTED)
)
ALL = RATE_LIMITS | UNCLEAR | HALF | WORDY
POSTS: dict[str, Callable[[SlackMessenger], Any]] = {
    "post": lambda messenger: messenger.post(ALERT_NOW, SENDING),
    "reply": lambda messenger: messenger.reply(NOTE),
    "post_digest": lambda messenger: messenger.post(DIGEST, DIGEST.sending),
}
OTHERS: dict[str, Callable[[SlackMessenger], Any]] = {
    "edit": lambda messenger: messenger.edit(Posted(CHANNEL, "1.000001"), ALERT_NOW),
    "edit_digest": lambda messenger: messenger.edit(Posted(CHANNEL, "1.000001"), DIGEST),
    "whisper": lambda messenger: messenger.whisper(Person(user=BOB, channel=CHANNEL), WHISPERED),
    "find": lambda messenger: messenger.find(SENDING),
    "find in a thread": lambda messenger: messenger.find(NOTE.sending),
}
LOOKUPS: dict[str, Callable[[SlackDirectory], Any]] = {
    "members": lambda directory: directory.members("S0"),
    "belongs": lambda directory: directory.belongs(BOB, "E0"),
    "user_by_email": lambda directory: directory.user_by_email("alice@acme.example"),
}
# An edit and a whisper need nothing of an answer but that it is ok.
ENOUGH = {(name, answer) for name in ("edit", "edit_digest", "whisper") for answer in HALF}


pytestmark = ODD_ANSWERS


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def messenger(odd_server: OddServer, waits: list[float]) -> SlackMessenger:
    return SlackMessenger(lambda: "xoxb-made-up", odd_server.api_url, APP, time=Time(lambda: 0.0, waits.append))


@pytest.mark.parametrize("answer", [*UNCLEAR, *HALF])
@pytest.mark.parametrize("method", POSTS)
def test_a_post_whose_answer_says_nothing_clear_may_stand_there(
    odd_server: OddServer, messenger: SlackMessenger, answer: str, method: str
) -> None:
    odd_server.always(ALL[answer])
    with pytest.raises(MaybePostedError):
        POSTS[method](messenger)
    assert len(odd_server.asked) <= 12  # a redirect without end is given up


@pytest.mark.parametrize("answer", [*RATE_LIMITS, *WORDY])
@pytest.mark.parametrize("method", POSTS)
def test_a_post_that_was_refused_whatever_the_details_was_not_posted(
    odd_server: OddServer, messenger: SlackMessenger, waits: list[float], answer: str, method: str
) -> None:
    odd_server.always(ALL[answer])
    with pytest.raises(MessengerError) as caught:
        POSTS[method](messenger)
    assert not isinstance(caught.value, MaybePostedError | MessageGoneError)
    assert len(odd_server.asked) == 1
    assert waits == []


@pytest.mark.parametrize("answer", ALL)
@pytest.mark.parametrize("method", OTHERS)
def test_any_other_call_fails_as_its_port_says(
    odd_server: OddServer, messenger: SlackMessenger, answer: str, method: str
) -> None:
    odd_server.always(ALL[answer])
    if (method, answer) in ENOUGH:
        OTHERS[method](messenger)
        return
    with pytest.raises(MessengerError):
        OTHERS[method](messenger)


@pytest.mark.parametrize("answer", ALL)
@pytest.mark.parametrize("method", LOOKUPS)
def test_a_look_up_fails_as_its_port_says_and_is_asked_again(odd_server: OddServer, answer: str, method: str) -> None:
    directory = SlackDirectory(lambda: "xoxb-made-up", odd_server.api_url)
    odd_server.always(ALL[answer])
    for _ in range(2):
        with pytest.raises(DirectoryError):
            LOOKUPS[method](directory)
    assert len(odd_server.asked) >= 2


@pytest.mark.parametrize("answer", ALL)
def test_an_odd_answer_about_one_channel_keeps_no_other_from_its_alerts(
    odd_server: OddServer, messenger: SlackMessenger, answer: str
) -> None:
    def one_is_odd(asked: dict[str, Any]) -> bytes:
        channel = asked["channel"]
        return ALL[answer] if channel == "C0ODD" else said(ok=True, channel=channel, ts="1.000001", message={})

    world = FakeWorld(TAKEN)
    for key in ("a.tfstate.tflock", KEY, "z.tfstate.tflock"):
        world.store.put(BUCKET, key, sample("s3-apply-default"))
    world.messenger = messenger  # type: ignore[assignment]
    odd_server.answer = one_is_odd
    odd = Route((f"{BUCKET}/prod/*",), a_policy(channel="C0ODD"))
    sweep(some_rules(odd).targets[0], world.ports, some_rules(odd), world.later(hours=3))
    told = {page.lock.ref.place.key for page in world.book.open_pages() if page.posted}
    assert told == {"a.tfstate.tflock", "z.tfstate.tflock"}


@pytest.mark.parametrize(("wait", "slept"), [("0", 0), ("1", 1), ("2.5", 2.5), ("5", 5)])
def test_a_short_wait_is_waited_for_however_it_is_written(
    odd_server: OddServer, messenger: SlackMessenger, waits: list[float], wait: str, slept: float
) -> None:
    answers = [said(ok=True, channel=CHANNEL, ts="1.000001", message={}), too_many(wait)]
    odd_server.answer = lambda _: answers.pop()
    assert messenger.post(ALERT_NOW, SENDING) == Posted(CHANNEL, "1.000001")
    assert [pytest.approx(slept + 0.5, abs=0.5)] == waits


def test_a_token_with_a_line_break_is_refused_and_not_quoted(odd_server: OddServer) -> None:
    odd_server.always(said(ok=True))
    for token in ("xoxb-hidden\nxoxb-hidden", "", "xoxb-\N{NO-BREAK SPACE}hidden"):
        broken = SlackMessenger(lambda token=token: token, odd_server.api_url, APP)  # type: ignore[misc]
        with pytest.raises(MessengerError, match="set it again") as caught:
            broken.post(ALERT_NOW, SENDING)
        assert "hidden" not in str(caught.value)
        with pytest.raises(DirectoryError, match="set it again"):
            SlackDirectory(lambda token=token: token, odd_server.api_url).members("S0")  # type: ignore[misc]
    assert odd_server.asked == []


def test_a_message_of_any_shape_in_a_channel_is_passed_over(odd_server: OddServer, messenger: SlackMessenger) -> None:
    own = {
        "ts": "1.000001",
        "app_id": APP,
        "metadata": {"event_type": "tflock_reaper", "event_payload": {"trace": SENDING.trace}},
    }
    others: list[Any] = [
        None,
        5,
        "text",
        [],
        {},
        {"ts": 5},
        {"ts": "1.1", "metadata": []},
        own | {"bot_profile": 3},
        own | {"ts": None},
    ]
    odd_server.always(said(ok=True, messages=[*others, own], response_metadata={"next_cursor": ""}))
    assert messenger.find(SENDING) == Posted(CHANNEL, "1.000001")
    assert messenger.find(msgspec.structs.replace(SENDING, about="theirs")) is None


def test_pages_that_never_end_are_read_only_so_far(odd_server: OddServer, messenger: SlackMessenger) -> None:
    odd_server.always(said(ok=True, messages=[], response_metadata={"next_cursor": "again"}))
    assert messenger.find(SENDING) is None
    assert len(odd_server.asked) == 10
