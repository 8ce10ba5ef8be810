"""An alert is worth more than any part of it: what Slack refuses of a message is left out, and the message says so."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.alerts.alert import Reply, alert_for
from chalicelib.core.alerts.digest import Digest, Named
from chalicelib.core.alerts.message import Posted, Saying, Topic
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.click import Person, Verb, Whisper
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.ci_run import CiRun
from chalicelib.ports.people import ChannelRefusedError, MessageGoneError, MessengerError
from chalicelib.slack.messenger import SlackMessenger
from chalicelib.slack.versions import Markup, Shape, Version, with_less
from chalicelib.slack.web.pace import Time
from chalicelib.slack.web.refusals import About, about
from chalicelib.slack.words.messages import message
from demo.slack_standin import SlackStandIn
from tests.builders import ALICE, APP, BOB, CHANNEL, TAKEN, a_lock, a_policy, a_sending
from tests.odd_server import OddServer, said
from tests.slack.reading import assert_slack_takes
from tests.slack.speaking import WORKSPACE

pytestmark = pytest.mark.thorough

NOW = TAKEN + timedelta(hours=2)
CI = CiRun("GitHubActions-{run}", "https://ci.example/runs/{run}")
EVERYBODY = ("here", "S0ONCALL", BOB)
RECORD = Page(lock=a_lock(), owner=ALICE, principal="AWS:AROAEXAMPLE:GitHubActions-7")
ALERT_NOW = alert_for(RECORD, a_policy(mentions={1: EVERYBODY}, ci_runs=(CI,)), NOW, None)
ATTEMPT = a_sending(at=NOW, channel=CHANNEL, level=1)
NOTE = Reply(
    alert=ALERT_NOW,
    sending=msgspec.structs.replace(ATTEMPT, saying=(Saying(Topic.LEVEL, "2"),), beneath="1.000001", level=2),
    called=EVERYBODY,
)
POSTED = Posted(CHANNEL, "1.000001")
DIGEST = Digest(
    channel=CHANNEL, locks=("a", "b"), held=2, oldest=(Named(RECORD.lock.ref.state_path, TAKEN),), at=NOW, posted=POSTED
)
ANSWER = Whisper(
    verb=Verb.RELEASE,
    ending=Ending(outcome=Outcome.RELEASED, at=NOW, user=BOB),
    state_path=RECORD.lock.ref.state_path,
)
PATH = "prod/network/terraform.tfstate"
SAYINGS: dict[str, Callable[[SlackMessenger], Any]] = {
    "post": lambda messenger: messenger.post(ALERT_NOW, ATTEMPT),
    "edit": lambda messenger: messenger.edit(POSTED, ALERT_NOW),
    "reply": lambda messenger: messenger.reply(NOTE),
    "post_digest": lambda messenger: messenger.post(DIGEST, DIGEST.sending),
    "edit_digest": lambda messenger: messenger.edit(POSTED, DIGEST),
    "whisper": lambda messenger: messenger.whisper(Person(user=ALICE, channel=CHANNEL), ANSWER),
    "report": lambda messenger: messenger.report(CHANNEL, PATH, "no such bucket"),
}
Asked = dict[str, Any]


def blocks_of(asked: Asked, kind: str) -> list[Any]:
    return [block for block in asked.get("blocks", []) if block["type"] == kind]


def everything(asked: Asked) -> str:
    return json.dumps([asked["text"], asked.get("blocks", [])], ensure_ascii=False)


PICKY: dict[str, tuple[str, Callable[[Asked], bool]]] = {
    "nobody may call everybody": ("restricted_action", lambda asked: "<!here>" in everything(asked)),
    "nobody may call groups": ("restricted_action", lambda asked: "<!subteam" in everything(asked)),
    "users that are gone": ("user_not_found", lambda asked: "<@" in everything(asked)),
    "users that are hidden": ("user_not_visible", lambda asked: "<@" in everything(asked)),
    "a link that is none": ("invalid_blocks", lambda asked: "<https:" in everything(asked)),
    "links at all": ("link_is_not_allowed", lambda asked: "<http" in everything(asked)),
    "dates": ("invalid_blocks", lambda asked: "<!date" in everything(asked)),
    "fields": ("invalid_blocks", lambda asked: any("fields" in one for one in blocks_of(asked, "section"))),
    "selects": ("invalid_blocks_format", lambda asked: "static_select" in everything(asked)),
    "questions of other people's text": ("invalid_blocks", lambda asked: "held by" in everything(asked)),
    "buttons": ("invalid_blocks", lambda asked: bool(blocks_of(asked, "actions"))),
    "headers": ("invalid_blocks", lambda asked: bool(blocks_of(asked, "header"))),
    "blocks": ("invalid_blocks_format", lambda asked: bool(asked.get("blocks"))),
    "blocks as attachments": ("invalid_attachments", lambda asked: bool(asked.get("blocks"))),
    "many blocks": ("msg_blocks_too_long", lambda asked: len(asked.get("blocks", ())) > 3),
    "much in blocks": ("msg_blocks_too_long", lambda asked: len(json.dumps(asked.get("blocks", []))) > 2500),
    "long texts": ("msg_too_long", lambda asked: len(asked["text"].encode()) > 700),
    "metadata": ("invalid_metadata_format", lambda asked: "metadata" in asked),
    "metadata without a schema": ("invalid_metadata_schema", lambda asked: "metadata" in asked),
    "large metadata": ("metadata_too_large", lambda asked: "metadata" in asked),
    "metadata of no app": ("metadata_must_be_sent_from_app", lambda asked: "metadata" in asked),
    "something that nobody has heard of": ("a_new_error_of_2027", lambda asked: bool(asked.get("blocks"))),
    "an argument": ("invalid_arguments", lambda asked: bool(asked.get("blocks"))),
}


@pytest.fixture
def failures() -> list[int]:
    return []


@pytest.fixture
def messenger(odd_server: OddServer, failures: list[int]) -> SlackMessenger:
    odd_server.asked.clear()
    return SlackMessenger(
        lambda: "xoxb-made-up",
        odd_server.api_url,
        APP,
        time=Time(lambda: 0.0, lambda _: None),
        failed=lambda: failures.append(1),
    )


def taken(asked: Asked) -> bytes:
    thread = {"thread_ts": asked["thread_ts"]} if asked.get("thread_ts") else {}
    return said(ok=True, channel=asked["channel"], ts="1.000002", message=thread)


def refusing(code: str, refused: Callable[[Asked], bool]) -> Callable[[Asked], bytes]:
    return lambda asked: said(ok=False, error=code) if refused(asked) else taken(asked)


@pytest.mark.parametrize("saying", SAYINGS)
@pytest.mark.parametrize("picky", PICKY)
def test_a_slack_that_refuses_a_part_of_a_message_gets_the_rest_of_it(
    odd_server: OddServer, messenger: SlackMessenger, failures: list[int], saying: str, picky: str
) -> None:
    code, refused = PICKY[picky]
    odd_server.answer = refusing(code, refused)
    SAYINGS[saying](messenger)
    *refusals, last = odd_server.asked
    assert len(refusals) <= 4
    assert PATH in last["text"] or saying.endswith("digest")
    if refusals and "metadata" not in code:
        assert f"Slack refused more (`{code}`)" in everything(last)
    assert failures == []
    assert_fit(last)


@pytest.mark.parametrize(
    "picky", ["nobody may call everybody", "users that are gone", "fields", "selects", "many blocks"]
)
def test_the_release_button_stays_as_long_as_slack_takes_it(
    odd_server: OddServer, messenger: SlackMessenger, picky: str
) -> None:
    odd_server.answer = refusing(*PICKY[picky])
    messenger.post(ALERT_NOW, ATTEMPT)
    [element, *_] = [one for block in blocks_of(odd_server.asked[-1], "actions") for one in block["elements"]]
    whole = [one for block in message(ALERT_NOW)[1] if block["type"] == "actions" for one in block["elements"]]
    assert (element["action_id"], element["value"]) == ("release_lock", whole[0]["value"])
    assert element["confirm"]


def assert_fit(asked: Asked) -> None:
    if asked.get("blocks"):
        found = [one["type"] for one in asked["blocks"]]
        assert found.count("header") <= 1
    assert 0 < len(asked["text"].encode()) <= 4000
    assert asked["text"].count("`") % 2 == 0


def test_only_what_was_refused_is_left_out(odd_server: OddServer, messenger: SlackMessenger) -> None:
    odd_server.answer = refusing(*PICKY["nobody may call everybody"])
    messenger.post(ALERT_NOW, ATTEMPT)
    first, second = odd_server.asked
    *blocks, note = second.pop("blocks")
    assert json.loads(json.dumps(first).replace("<!here> ", "")) == second | {"blocks": blocks}
    assert "forbid" in json.dumps(note)


def test_where_nobody_may_call_everybody_that_is_known_for_an_hour() -> None:
    clock = [0.0]
    with SlackStandIn(replace(WORKSPACE, everybody_may_be_called=False), clock=lambda: clock[0], burst=99) as slack:
        messenger = SlackMessenger(
            lambda: WORKSPACE.bot_token, slack.api_url, APP, time=Time(lambda: clock[0], lambda _: None)
        )
        for _ in range(3):
            messenger.post(ALERT_NOW, ATTEMPT)
        assert [call.response["ok"] for call in slack.calls("chat.postMessage")] == [False, True, True, True]
        clock[0] = 3601
        messenger.post(ALERT_NOW, ATTEMPT)
        assert len(slack.calls("chat.postMessage")) == 6
        assert len(slack.messages()) == 4


def test_a_channel_that_takes_nothing_is_told_as_that_and_is_not_asked_for_ever(
    odd_server: OddServer, messenger: SlackMessenger, failures: list[int]
) -> None:
    for code in ("restricted_action", "a_new_error_of_2027", "is_archived", "not_in_channel", "ekm_access_denied"):
        odd_server.asked.clear()
        odd_server.always(said(ok=False, error=code))
        with pytest.raises(ChannelRefusedError, match=code) as caught:
            messenger.post(ALERT_NOW, ATTEMPT)
        assert caught.value.channel == CHANNEL
        assert not isinstance(caught.value, MessageGoneError)
        assert 1 <= len(odd_server.asked) <= 5
    assert len(failures) == 5


EVERYWHERE = (
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
    "account_inactive",
    "missing_scope",
    "not_allowed_token_type",
    "org_login_required",
    "two_factor_setup_required",
    "accesslimited",
    "deprecated_endpoint",
    "method_deprecated",
    "unknown_method",
    "enterprise_is_restricted",
    "team_added_to_org",
    "ratelimited",
    "rate_limited",
    "message_limit_exceeded",
    "request_timeout",
    "invalid_post_type",
)
IN_ONE_PLACE = (
    "is_archived",
    "not_in_channel",
    "channel_not_found",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
    "restricted_action_non_threadable_channel",
    "restricted_action_thread_locked",
    "posting_to_general_channel_denied",
    "team_access_not_granted",
    "ekm_access_denied",
    "no_permission",
    "access_denied",
    "external_channel_migrating",
    "cannot_post_in_this_channel",
    "thread_not_found",
    "cannot_reply_to_message",
    "channel_is_limited_access",
    "method_not_supported_for_channel_type",
)


@pytest.mark.parametrize("code", EVERYWHERE)
def test_what_is_about_every_message_is_asked_once_and_is_no_matter_of_the_channel(
    odd_server: OddServer, messenger: SlackMessenger, code: str
) -> None:
    odd_server.always(said(ok=False, error=code))
    for saying in SAYINGS.values():
        odd_server.asked.clear()
        with pytest.raises(MessengerError) as caught:
            saying(messenger)
        assert not isinstance(caught.value, ChannelRefusedError | MessageGoneError)
        assert len(odd_server.asked) == 1


@pytest.mark.parametrize("code", IN_ONE_PLACE)
def test_a_refusal_of_a_channel_is_not_asked_again_with_less(
    odd_server: OddServer, messenger: SlackMessenger, code: str
) -> None:
    odd_server.always(said(ok=False, error=code))
    with pytest.raises(ChannelRefusedError, match=code):
        messenger.post(ALERT_NOW, ATTEMPT)
    assert len(odd_server.asked) == 1


def test_each_refusal_is_known_by_what_slack_refused() -> None:
    assert {about(code) for code in EVERYWHERE} == {About.EVERYTHING}
    assert {about(code) for code in IN_ONE_PLACE} == {About.PLACE}
    assert about("") is About.EVERYTHING
    assert about("restricted_action") is About.CALLING
    assert {about(code) for code, _ in PICKY.values()} == {About.CALLING, About.CONTENT}


@given(st.lists(st.sampled_from([code for code, _ in PICKY.values()]), min_size=12, max_size=12))
def test_whatever_slack_refuses_each_version_is_shorter_and_they_end(codes: list[str]) -> None:
    version: Version | None = Version(*message(ALERT_NOW))
    lengths = []
    for code in codes:
        assert version is not None
        lengths.append((version.traceable, -version.markup - version.shape))
        if version.code:
            assert_slack_takes_version(version)
        version = with_less(version, code)
        if version is None:
            break
    else:
        pytest.fail("there is always one more")
    assert lengths == sorted(lengths, reverse=True)
    assert len(set(lengths)) == len(lengths) <= 6


def assert_slack_takes_version(version: Version) -> None:
    sayable = version.said()
    if version.markup is not Markup.ALL:
        assert not re.search("<!(here|channel)>", json.dumps(sayable))
    if version.shape is not Shape.TEXT:
        assert_slack_takes(sayable["text"], [one for one in sayable["blocks"] if one["type"] != "header"])


def test_text_in_angle_brackets_that_others_wrote_is_never_ours() -> None:
    ours = "<!here> <@U1> <!subteam^S1> <https://x|y|z> <!date^1^{time}|noon>"
    version = with_less(Version(f"&lt;!here&gt; {ours}", []), "user_not_found")
    assert version is not None
    assert version.said()["text"].splitlines()[0] == "&lt;!here&gt; @U1 S1 z noon"
