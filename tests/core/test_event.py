import msgspec

from chalicelib.core.event import EventType, LockChange, of_change, of_lock
from tests.builders import BUCKET, KEY, TAKEN, a_lock


def line(event: object) -> dict[str, object]:
    return dict(msgspec.json.decode(msgspec.json.encode(event)))


def test_a_line_has_only_what_is_known() -> None:
    change = LockChange(acquired=True, bucket=BUCKET, key=KEY, at=TAKEN)
    assert line(of_change(EventType.LOCK_ACQUIRED, change, None)) == {
        "event": "lock_acquired",
        "time": "2026-11-21T03:18:57Z",
        "state_path": "acme-tfstate/prod/network/terraform.tfstate",
        "incomplete": True,
    }


def test_a_line_about_an_unreadable_lock_says_what_is_wrong_with_it() -> None:
    assert line(of_lock(EventType.ALERT_POSTED, a_lock(body=b""), TAKEN))["flaw"] == "is empty"


def test_what_a_client_wrote_and_what_iam_knows_are_two_fields() -> None:
    change = LockChange(acquired=True, bucket=BUCKET, key=KEY, at=TAKEN, principal="AWS:AIDAEXAMPLE")
    told = line(of_change(EventType.LOCK_ACQUIRED, change, a_lock()))
    assert (told["who"], told["principal"]) == ("root@vm", "AWS:AIDAEXAMPLE")
