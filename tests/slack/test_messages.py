import json
import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.alert import Alert, LockRecord, StateWritten, alert_for
from chalicelib.core.lock import LockInfo, LockRef, StateLock
from chalicelib.core.release import Ending, Refusal, ReleaseOutcome
from chalicelib.slack.messages import message, private_answer, trouble
from demo.slack_standin.block_rules import problems_in
from tests.builders import ALICE, BOB, BUCKET, TAKEN, a_lock, a_policy

NOW = TAKEN + timedelta(hours=2, minutes=13)
TOKENS_OF_OURS = re.compile(r"<!date\^\d+\^\{date_short_pretty\} at \{time\}\|[0-9: -]+ UTC>|<@U0[A-Z]+>")


def an_alert(lock: StateLock | None = None, state: StateWritten | None = None, ending: Ending | None = None) -> Alert:
    return alert_for(LockRecord(lock=lock or a_lock()), a_policy(), NOW, state, ending)


def words(alert: Alert) -> str:
    return json.dumps(message(alert)[1], ensure_ascii=False)


def button(alert: Alert) -> dict[str, Any] | None:
    blocks = [block for block in message(alert)[1] if block["type"] == "actions"]
    return blocks[0]["elements"][0] if blocks else None


def test_an_alert_says_all_that_the_lock_says() -> None:
    said = words(an_alert(a_lock("s3-apply-workspace-dev", key="env:/dev/prod/network/terraform.tfstate.tflock")))
    for part in (
        "Terraform lock held for 2 h 13 min",
        "`acme-tfstate/env:/dev/prod/network/terraform.tfstate`",
        "*Workspace*\\n`dev`",
        "*Operation*\\napply or destroy",
        "*Holder*\\n`root@vm`",
        "*Terraform version*\\n`1.11.4`",
        "`cda06635-fd04-7f71-2018-1c40abd0c05a`",
        "<!date^1795231137^",
        "threshold of 2 h",
    ):
        assert part in said


def test_the_button_asks_first_and_names_the_lock_and_the_risk() -> None:
    found = button(an_alert())
    assert found is not None
    text = found["confirm"]["text"]["text"]
    assert "`acme-tfstate/prod/network/terraform.tfstate`" in text
    assert "`root@vm`" in text
    assert "lose resources" in text


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [
        (
            "s3-apply-default",
            StateWritten(TAKEN + timedelta(minutes=3)),
            "3 min after the lock was taken: its holder was alive then. Nothing since, for 2 h 10 min",
        ),
        ("s3-apply-default", StateWritten(TAKEN - timedelta(days=1)), "no proof: one slow resource"),
        ("s3-plan-default", StateWritten(TAKEN - timedelta(days=1)), "says nothing about a plan"),
        (
            "s3-apply-default",
            StateWritten(TAKEN),
            "in the second the lock was taken. Nothing since, for 2 h 13",
        ),
        ("s3-apply-default", StateWritten(None), "there is no state object"),
        ("s3-apply-default", None, "S3 did not say"),
    ],
)
def test_the_evidence_says_what_the_times_prove_and_no_more(name: str, written: StateWritten | None, said: str) -> None:
    assert said in words(an_alert(a_lock(name), written))


def test_a_lock_that_cannot_be_parsed_says_so_and_can_be_released() -> None:
    alert = an_alert(a_lock(body=b""))
    assert "The lock is empty." in words(alert)
    assert button(alert) is not None


def test_a_lock_that_s3_will_not_show_has_no_button_and_says_why() -> None:
    alert = an_alert(StateLock(a_lock().ref, flaw="cannot be read by the reaper (AccessDenied)", opaque=True))
    assert button(alert) is None
    assert "It cannot be released from here." in words(alert)


HELD_NOW = a_lock("s3-plan-default", taken=NOW)
ENDINGS = {
    "Released by <@U0ALICE>": Ending(outcome=ReleaseOutcome.RELEASED, at=NOW, user=ALICE),
    "*Gone* after <@U0ALICE> clicked Release": Ending(outcome=ReleaseOutcome.UNCONFIRMED, at=NOW, user=ALICE),
    "*Already gone* when <@U0ALICE> clicked": Ending(outcome=ReleaseOutcome.GONE, at=NOW, user=ALICE),
    "released by `AWS:AROA:ci` outside of Slack": Ending(outcome=ReleaseOutcome.GONE, at=NOW, principal="AWS:AROA:ci"),
    "changed since you saw it.* The lock shown here was already gone": Ending(
        outcome=ReleaseOutcome.REPLACED, at=NOW, user=ALICE, held_now=HELD_NOW
    ),
    "*No longer watched*": Ending(outcome=ReleaseOutcome.UNWATCHED, at=NOW),
    "<@U0BOB> asked to release this lock": Ending(
        outcome=ReleaseOutcome.REFUSED, at=NOW, user=BOB, detail=Refusal.NOT_LISTED
    ),
    "Release by <@U0ALICE> failed": Ending(outcome=ReleaseOutcome.FAILED, at=NOW, user=ALICE, detail="access denied"),
}


@pytest.mark.parametrize("said", ENDINGS)
def test_every_ending_is_told_and_only_an_open_lock_keeps_its_button(said: str) -> None:
    alert = an_alert(ending=ENDINGS[said])
    assert said in words(alert)
    assert (button(alert) is None) is ENDINGS[said].closes
    assert problems_in(message(alert)[1]) == []


def test_a_replaced_lock_s_message_says_who_holds_the_state_now() -> None:
    said = words(an_alert(ending=ENDINGS["changed since you saw it.* The lock shown here was already gone"]))
    assert "the state is locked now by `root@vm` (plan, lock ID `2a6ba3a9-d658-0bcd-df30-67f43e4dc270`)" in said


FOREIGN = st.one_of(
    st.text(max_size=3000),
    st.sampled_from(
        ["<!channel>", "<https://evil|safe>", "`*bold*`", "x" * 5000, "&" * 3000, "a\n*State*\nb", "<@U0ALICE>"]
    ),
)


@given(info=st.builds(LockInfo, FOREIGN, FOREIGN, FOREIGN, FOREIGN, FOREIGN, FOREIGN, FOREIGN), key=FOREIGN)
def test_whatever_others_write_fits_slack_s_limits_and_cannot_mention_link_or_break_a_line(
    info: LockInfo, key: str
) -> None:
    lock = StateLock(LockRef(BUCKET, f"{key[:900]}.tflock", '"e"', TAKEN), info)
    for ending in (None, Ending(outcome=ReleaseOutcome.REPLACED, at=NOW, user=ALICE, held_now=lock, detail=info.Who)):
        text, blocks = message(an_alert(lock, StateWritten(TAKEN), ending))
        assert problems_in(blocks) == []
        assert len(text) <= 4000
        for piece in [text, *(element["text"] for element in texts_in(blocks) if element["type"] == "mrkdwn")]:
            assert "<" not in TOKENS_OF_OURS.sub("", piece)
            assert piece.count("`") % 2 == 0
        assert all(element.get("verbatim") for element in texts_in(blocks) if element["type"] == "mrkdwn")


def texts_in(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [text for entry in value for text in texts_in(entry)]
    if not isinstance(value, dict):
        return []
    if value.get("type") in {"mrkdwn", "plain_text"}:
        return [value]
    return [text for entry in value.values() for text in texts_in(entry)]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (ReleaseOutcome.RELEASED, "already released by <@U0ALICE>"),
        (ReleaseOutcome.UNCONFIRMED, "already gone"),
        (ReleaseOutcome.GONE, "already gone"),
        (ReleaseOutcome.REPLACED, "the state is locked now by `root@vm`"),
        (ReleaseOutcome.UNWATCHED, "no longer within the targets"),
        (ReleaseOutcome.FAILED, "Nothing was released just now: `access denied`"),
    ],
)
def test_a_later_click_is_told_in_words_how_it_had_ended(outcome: ReleaseOutcome, said: str) -> None:
    held_now = HELD_NOW if outcome is ReleaseOutcome.REPLACED else None
    ending = Ending(outcome=outcome, at=NOW, user=ALICE, detail="access denied", held_now=held_now)
    assert said in private_answer(ending, ())


@pytest.mark.parametrize("why", Refusal)
def test_every_refusal_has_its_reason(why: Refusal) -> None:
    answer = private_answer(Ending(outcome=ReleaseOutcome.REFUSED, at=NOW, user=BOB, detail=why), (ALICE,))
    assert answer.startswith(":no_entry: You cannot release this lock: ")
    assert "<@U0ALICE>" in answer


def test_trouble_names_its_subject_and_escapes_its_detail() -> None:
    assert "`bucket acme`:* `&lt;no&gt; *bold*`" in trouble("bucket acme", "<no> *bold*")


def test_an_operation_nobody_knows_is_told_as_it_is_written_and_forges_no_layout() -> None:
    assert "*Operation*\\n`x *State* y`" in words(an_alert(a_lock(body=b'{"Operation":"x *State*\\ny"}')))
