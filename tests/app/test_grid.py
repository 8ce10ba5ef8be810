"""Clicks from inside and outside of an Enterprise Grid, from Slack's request to what the person sees. AWS is moto's."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest
from chalice.test import Client

import app
from chalicelib import wiring
from chalicelib.aws.orders.clicks import write_auto_release, write_click, write_end_undo, write_unheard
from chalicelib.checked_rules import NAME
from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.click import Click, Unheard, Unusable, Verb
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.locks.place import Kind, Place
from chalicelib.slack.requests import parse
from demo.slack_standin import SCOPES, Channel, SlackStandIn, User, UserGroup, Workspace
from tests.app.account import SECRET, an_account, forget_everything, send, write_rules
from tests.builders import APP, BUCKET, CHANNEL, TAKEN, TEAM, a_click, a_lock, a_policy, a_ref, a_sending, sample
from tests.config.test_file import LEAST

pytestmark = pytest.mark.thorough
"""`make check` has the same rules in `tests/core/clicks` and `tests/slack`."""

ACME = "E0ACME"
MEMBER = User("U0MEMBER", "Mia")
COLLEAGUE = User("W0COLLEAGUE", "Cleo", "T0OTHER", enterprise_id=ACME)
LEFT = User("W0LEFT", "Lee", "T0OTHER", enterprise_id=ACME, deleted=True)
STRANGER = User("U0STRANGER", "Sam", "T0FOREIGN")
COMPETITOR = User("W0COMPETITOR", "Kim", "T0FOREIGN", enterprise_id="E0OTHER")
PEOPLE = (MEMBER, COLLEAGUE, LEFT, STRANGER, COMPETITOR)
GROUP = UserGroup("S0ONCALL", "oncall", tuple(user.id for user in PEOPLE))
PLAIN = Workspace(
    team_id=TEAM,
    app_id=APP,
    bot_token=SECRET,
    signing_secret=SECRET,
    users=PEOPLE,
    channels=(Channel(CHANNEL, "alerts", frozenset(user.id for user in PEOPLE)),),
    user_groups=(GROUP,),
)
GRID = replace(PLAIN, enterprise_id=ACME)
ORG_WIDE = replace(GRID, org_wide=True)
LISTED = [user.id for user in PEOPLE]
RELEASED, FOREIGN, MISDIRECTED = "was released by you", "belongs to another workspace", "compare `team_id`"


@dataclass
class Account:
    """The application in its account; its checked rules can be written anew."""

    queues: Any
    s3: Any
    rules: Path
    locks: int = 0

    @property
    def key(self) -> str:
        """The latest lock's."""
        return f"prod/{self.locks}.tflock"

    @property
    def held(self) -> bool:
        """Whether the latest lock is there still."""
        return wiring.world().store.read(Place(Kind.S3, BUCKET, self.key)) is not None

    def left(self) -> list[tuple[str, str]]:
        """The messages that wait for a function, with its name."""
        found = []
        for variable, function in (("RELEASE-QUEUE-URL", "release_lock"), ("CLICK-QUEUE-URL", "answer_click")):
            url = self.queues.get_queue_url(QueueName=variable)["QueueUrl"]
            for message in self.queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                self.queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append((function, message["Body"]))
        return found

    def run(self) -> None:
        """Have every message carried out."""
        for function, body in self.left():
            carry_out(function, body)


def carry_out(function: str, body: str) -> None:
    getattr(app, function)({"Records": [{"body": body, "messageId": "m", "receiptHandle": "r"}]}, None)


def forget_configuration() -> None:
    """What is built from the file. Clients stay, because building them takes most of a test's time."""
    for built in (wiring.config, wiring.current_rules, wiring.installation, wiring.world):
        built.cache_clear()


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    folder = tmp_path_factory.mktemp("config")
    forget_everything()
    with an_account(folder) as queues:
        yield Account(queues, boto3.client("s3"), folder / NAME)
    forget_everything()


def configure(account: Account, slack: SlackStandIn, *, releasers: list[str], enterprise: str = "") -> None:
    lines = [f'api_url = "{slack.api_url}"', f'enterprise_id = "{enterprise}"' if enterprise else ""]
    text = LEAST.replace("[slack]", "\n".join(["[slack]", *lines])).replace(
        "releasers = []", f"releasers = {releasers}"
    )
    write_rules(account.rules, text)
    forget_configuration()


def an_alert(account: Account) -> str:
    """A lock that is held and was told of; its message's ts. Each has a key of its own, so that it is another lock."""
    account.locks += 1
    account.s3.put_object(Bucket=BUCKET, Key=account.key, Body=sample("s3-apply-default"))
    world = wiring.world()
    lock = world.store.read(Place(Kind.S3, BUCKET, account.key))
    assert lock
    page = Page(lock=lock)
    sending = a_sending(at=TAKEN, channel=CHANNEL, level=1)
    return world.messenger.post(alert_for(page, a_policy(), TAKEN, None), sending).handle


@dataclass(frozen=True)
class Person:
    """Somebody in a workspace, and what their clicks say that others' do not."""

    workspace: Workspace
    user: User
    payload: dict[str, Any] = field(default_factory=dict)


def clicked(
    account: Account, person: Person, releasers: list[str], enterprise: str
) -> tuple[int, list[str], list[str]]:
    """Release as this person: the app's answer to Slack, what they alone are told, and which methods were called."""
    user = person.user
    with SlackStandIn(person.workspace) as slack:
        configure(account, slack, releasers=releasers, enterprise=enterprise)
        body = slack.click_body(user.id, CHANNEL, an_alert(account), "release_lock", **person.payload)
        status = send("/slack/actions", body).status_code
        account.run()
        shown = [*slack.ephemerals(user.id), *(one for one in slack.messages() if "Released by" in str(one.blocks))]
        return status, [f"{one.text} {one.blocks}" for one in shown], [call.method for call in slack.calls()]


def an_action(action_id: str) -> dict[str, Any]:
    return {"actions": [{"action_id": action_id, "action_ts": "1.1"}]}


NO_HOME = {"id": COLLEAGUE.id, "username": "cleo", "name": "cleo"}


@pytest.mark.parametrize(
    ("person", "enterprise", "releasers"),
    [
        (Person(PLAIN, MEMBER), "", LISTED),
        (Person(PLAIN, MEMBER), ACME, LISTED),
        (Person(GRID, MEMBER), "", LISTED),
        (Person(GRID, COLLEAGUE), ACME, LISTED),
        (Person(GRID, COLLEAGUE), ACME, ["*"]),
        (Person(GRID, COLLEAGUE), ACME, [GROUP.id]),
        (Person(GRID, COLLEAGUE, {"user": NO_HOME}), ACME, LISTED),
        (Person(GRID, COLLEAGUE, {"team": {"id": "T0OTHER", "domain": "other", "enterprise_id": ACME}}), ACME, LISTED),
        (Person(GRID, COLLEAGUE, {"enterprise": None}), ACME, LISTED),
        (Person(ORG_WIDE, MEMBER), "", LISTED),
        (Person(ORG_WIDE, MEMBER), "", [GROUP.id]),
        (Person(ORG_WIDE, MEMBER), ACME, ["*"]),
        (Person(ORG_WIDE, COLLEAGUE), ACME, LISTED),
        (Person(ORG_WIDE, COLLEAGUE), ACME, ["*"]),
        (Person(ORG_WIDE, COLLEAGUE), ACME, [GROUP.id]),
        (Person(ORG_WIDE, COLLEAGUE, {"user": NO_HOME}), ACME, LISTED),
    ],
    ids=range(16),
)
def test_a_member_or_a_colleague_from_any_workspace_of_the_organisation_releases(
    account: Account, person: Person, enterprise: str, releasers: list[str]
) -> None:
    status, shown, _ = clicked(account, person, releasers, enterprise)
    assert (status, account.held) == (200, False)
    assert f"Released by <@{person.user.id}>" in " ".join(shown)


@pytest.mark.parametrize(
    ("person", "enterprise", "told"),
    [
        (Person(PLAIN, STRANGER), "", FOREIGN),
        (Person(GRID, STRANGER), ACME, FOREIGN),
        (Person(GRID, COMPETITOR), ACME, FOREIGN),
        # Whose organisation the payload names is not said anywhere: be it the app's or the person's.
        (Person(GRID, COMPETITOR, {"enterprise": {"id": "E0OTHER", "name": "Other"}}), ACME, FOREIGN),
        (Person(ORG_WIDE, COMPETITOR), ACME, FOREIGN),
        (Person(ORG_WIDE, STRANGER), ACME, FOREIGN),
        (Person(GRID, LEFT), ACME, FOREIGN),
        (Person(GRID, COLLEAGUE), "", "`enterprise_id` is missing"),
        (Person(GRID, COLLEAGUE), "E0WRONG", FOREIGN),
        (Person(ORG_WIDE, COLLEAGUE), "", f"{MISDIRECTED}|organisation {ACME}"),
        (Person(ORG_WIDE, COLLEAGUE), "E0WRONG", f"{MISDIRECTED}|organisation {ACME}"),
        (Person(PLAIN, STRANGER, {"team": {"id": "T0FOREIGN"}}), "", f"{MISDIRECTED}|team T0FOREIGN, app A0DEMO"),
        (Person(PLAIN, MEMBER, {"api_app_id": "A0OTHER"}), "", f"{MISDIRECTED}|app A0OTHER"),
        (
            Person(GRID, MEMBER, {"actions": [{"action_id": "release_lock", "action_ts": "1.1"}]}),
            ACME,
            "could not be read",
        ),
        (
            Person(GRID, MEMBER, {"actions": [{"action_id": "unlock_all", "action_ts": "1.1"}]}),
            ACME,
            "does not know what",
        ),
    ],
    ids=range(15),
)
def test_nobody_else_does_and_each_is_told_why_where_they_clicked(
    account: Account, person: Person, enterprise: str, told: str
) -> None:
    status, [shown], calls = clicked(account, person, [*LISTED, GROUP.id, "*"], enterprise)
    assert (status, account.held) == (200, True)
    assert all(words in shown for words in told.split("|"))
    assert set(calls) <= {"chat.postMessage", "users.info"}  # the answer itself took neither a token nor a membership


def test_whose_organisation_slack_does_not_tell_is_told_what_is_missing(account: Account) -> None:
    workspace = replace(GRID, scopes=SCOPES - {"users:read"})
    _, [shown], _ = clicked(account, Person(workspace, COLLEAGUE), LISTED, ACME)
    assert "users:read" in shown
    assert account.held


@pytest.mark.parametrize("path", ["/slack/actions", "/slack/commands"])
def test_slack_s_look_at_the_certificate_is_answered_unsigned(account: Account, path: str) -> None:
    unsigned = {"X-Slack-Signature": "", "X-Slack-Request-Timestamp": ""}
    with Client(app.app) as client:
        assert client.http.get(f"{path}?ssl_check=1").status_code == 200
        assert client.http.get(path).status_code == 415
        assert client.http.get(f"{path}?ssl_check=0").status_code == 415
    assert send(path, b"ssl_check=1&token=x", **unsigned).status_code == 200
    assert send(path, b"ssl_check=2", **unsigned).status_code == 401
    assert account.left() == []


def test_a_command_of_others_is_answered_in_words_and_tells_of_no_lock(account: Account) -> None:
    with SlackStandIn(PLAIN) as slack:
        configure(account, slack, releasers=["*"])
        an_alert(account)
        answer = send("/slack/commands", b"team_id=T0FOREIGN&api_app_id=A0DEMO&user_id=U0X&channel_id=C0X&text=all")
    assert (answer.status_code, answer.json_body["response_type"]) == (200, "ephemeral")
    assert MISDIRECTED in answer.json_body["text"]
    assert account.key not in str(answer.json_body)


def queued(account: Account, slack: SlackStandIn, **changes: Any) -> str:
    """A click as another version of the reaper may have left it in a queue."""
    body = slack.click_body(MEMBER.id, CHANNEL, an_alert(account), "release_lock")
    asked = parse(body, wiring.installation())
    assert isinstance(asked, Click)
    click = write_click(a_click(a_lock(), user=MEMBER.id, reply_to=asked.reply_to))
    return json.dumps(json.loads(click) | changes)


@pytest.mark.parametrize("function", ["release_lock", "answer_click"])
@pytest.mark.parametrize(
    "changes",
    [{"verb": "escalate"}, {"snooze_for": "2w"}, {"lock": None}, {"at": "noon"}, {"v": 2}, {"order": "click/2"}],
    ids=str,
)
@pytest.mark.parametrize("reachable", [{}, {"reply_to": ""}], ids=["by its address", "without"])
def test_a_click_of_another_version_is_answered_in_words_logged_and_not_tried_again(
    account: Account,
    caplog: pytest.LogCaptureFixture,
    function: str,
    changes: dict[str, Any],
    reachable: dict[str, str],
) -> None:
    with SlackStandIn(PLAIN) as slack:
        configure(account, slack, releasers=["*"])
        carry_out(function, queued(account, slack, **changes, **reachable))
        [told] = slack.ephemerals(MEMBER.id)
    assert "does not know what was clicked" in told.text
    assert [page.message for page in caplog.records] == ["a click was not carried out"]
    assert account.held


@pytest.mark.parametrize(
    ("function", "verb"),
    [("release_lock", verb) for verb in Verb if verb is not Verb.RELEASE] + [("answer_click", Verb.RELEASE)],
)
def test_a_click_in_the_wrong_queue_does_nothing_to_the_lock_and_is_answered(
    account: Account, function: str, verb: Verb
) -> None:
    with SlackStandIn(PLAIN) as slack:
        configure(account, slack, releasers=["*"])
        carry_out(function, queued(account, slack, verb=verb))
        [told] = slack.ephemerals(MEMBER.id)
    assert "it came to a function that does not" in told.text
    assert account.held


@pytest.mark.parametrize(
    ("function", "order"),
    [
        ("release_lock", write_end_undo(EndUndo(a_ref()))),
        ("answer_click", write_auto_release(AutoRelease(lock=a_ref()))),
    ],
)
def test_an_order_in_the_wrong_queue_that_nobody_clicked_goes_the_way_of_dead_letters(
    account: Account, function: str, order: bytes
) -> None:
    with pytest.raises(msgspec.ValidationError):
        carry_out(function, order.decode())


@pytest.mark.parametrize("body", ["", "nonsense", "[]", "{}", '{"verb":"escalate"}', "[" * 2000, '{"reply_to":5}'])
@pytest.mark.parametrize("function", ["release_lock", "answer_click"])
def test_garbage_in_a_queue_that_nobody_waits_for_goes_the_way_of_dead_letters(
    account: Account, function: str, body: str
) -> None:
    with pytest.raises((msgspec.MsgspecError, RecursionError)):
        carry_out(function, body)


def test_a_person_of_another_workspace_who_cannot_be_answered_any_more_is_not_tried_again(account: Account) -> None:
    with SlackStandIn(PLAIN) as slack:
        configure(account, slack, releasers=["*"])
        unheard = Unheard(why=Unusable.MISDIRECTED, reply_to=f"{slack.url}/actions/T0DEMO/9/gone")
        carry_out("answer_click", write_unheard(unheard).decode())
        assert slack.calls() == []
