from datetime import timedelta

import msgspec
import pytest
from hypothesis import given

from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.channel_trouble import ChannelNotice, ChannelTrouble, NoticeKind
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.slack.words import digests
from chalicelib.slack.words.channel_notices import notice
from chalicelib.slack.words.messages import message
from tests.builders import CHANNEL, TAKEN, a_lock, a_policy
from tests.slack.reading import FOREIGN, said

TROUBLE = ChannelTrouble(channel="C0PROD", why="Slack answered is_archived (the channel is archived)", since=TAKEN)
BEGAN = ChannelNotice(kind=NoticeKind.BEGAN, trouble=TROUBLE, instead=CHANNEL, waiting=3)


def of(kind: NoticeKind, **others: object) -> ChannelNotice:
    return msgspec.structs.replace(BEGAN, kind=kind, **others)


def test_the_beginning_says_where_why_how_many_and_what_to_do() -> None:
    told = notice(BEGAN)
    for part in (
        "<#C0PROD>",
        "is_archived",
        "the channel is archived",
        "3 locks wait",
        "Invite the app",
        "`reaper.toml`",
    ):
        assert part in told
    assert BEGAN.to == CHANNEL
    assert "1 lock waits" in notice(msgspec.structs.replace(BEGAN, waiting=1))
    assert "lock waits" not in notice(msgspec.structs.replace(BEGAN, waiting=0))
    assert "0 locks" not in notice(msgspec.structs.replace(BEGAN, waiting=0))


def test_the_channel_itself_is_told_where_its_alerts_are_when_it_can_be() -> None:
    back = of(NoticeKind.BACK)
    assert back.to == "C0PROD"
    for part in (f"<#{CHANNEL}>", "The alerts of 3 locks stay there until they are gone.", "<!date^1795231137^"):
        assert part in notice(back)


@pytest.mark.parametrize(("kind", "place"), [(NoticeKind.BACK, "there"), (NoticeKind.OVER, "here")])
def test_of_alerts_that_stand_elsewhere_it_is_said_how_long_they_stay_unless_there_are_none(
    kind: NoticeKind, place: str
) -> None:
    assert notice(of(kind, waiting=1)).endswith(f"The alert of 1 lock stays {place} until that is gone.")
    assert "lock" not in notice(of(kind, waiting=0))


@pytest.mark.parametrize(("routed", "said_so"), [(True, "again"), (False, "No route leads to <#C0PROD> any more")])
def test_the_end_says_that_it_is_over_and_why(routed: bool, said_so: str) -> None:
    over = of(NoticeKind.OVER, routed=routed)
    assert over.to == CHANNEL
    assert said_so in notice(over)


def test_each_kind_of_notice_has_words_of_its_own() -> None:
    assert len({notice(of(kind)) for kind in NoticeKind}) == len(NoticeKind)


def test_each_kind_of_notice_is_found_by_a_trace_of_its_own() -> None:
    later = msgspec.structs.replace(TROUBLE, since=TAKEN + timedelta(days=1), step=5)
    traces = {one.sending.trace for kind in NoticeKind for one in (of(kind), of(kind, trouble=later))}
    assert len(traces) == 6
    assert of(NoticeKind.OVER, waiting=5).sending.trace == of(NoticeKind.OVER, waiting=0).sending.trace


@given(FOREIGN)
def test_whatever_slack_or_a_proxy_says_the_notice_calls_nobody(why: str) -> None:
    told = notice(of(NoticeKind.BEGAN, trouble=msgspec.structs.replace(TROUBLE, why=why)))
    assert told.replace("<#C0PROD>", "").count("<") == 0
    assert len(told.encode()) < 1000


def test_an_alert_that_stands_elsewhere_says_where_it_belongs_until_it_is_closed() -> None:
    elsewhere = Page(lock=a_lock(), posted=Posted(CHANNEL, "1.1", instead_of="C0PROD"))
    now = TAKEN + timedelta(hours=3)
    assert "Meant for <#C0PROD>" in said(message(alert_for(elsewhere, a_policy(), now, None))[1])
    gone = Ending(outcome=Outcome.GONE, at=now)
    assert "Meant for" not in said(message(alert_for(elsewhere, a_policy(), now, None, gone))[1])
    assert "Meant for" not in said(message(alert_for(Page(lock=a_lock()), a_policy(), now, None))[1])


def test_a_digest_that_stands_elsewhere_says_where_it_belongs() -> None:
    digest = Digest(channel=CHANNEL, locks=("a",), held=1, oldest=(), at=TAKEN, instead_of="C0PROD")
    assert "Meant for <#C0PROD>" in said(digests.message(digest)[1])
    assert "Meant for" not in said(digests.message(msgspec.structs.replace(digest, instead_of=""))[1])
