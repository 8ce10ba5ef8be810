"""A lock's own word against S3's: where it was taken, and when."""

import json
from datetime import datetime, timedelta

import msgspec
import pytest

from chalicelib.core.locks.copies import copy_of, odd_time, speaks_for_itself
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.terraform.body import created_at
from tests.builders import BUCKET, STATE_KEY, TAKEN, a_lock, a_table_lock, sample
from tests.core.locks.terraform.test_body import GENUINE

HERE = f"{BUCKET}/{STATE_KEY}"


def says(**fields: str) -> HeldLock:
    told = {"ID": "x", "Operation": "OperationTypePlan", "Created": TAKEN.isoformat(), "Path": HERE}
    return a_lock(body=json.dumps(told | fields).encode())


@pytest.mark.parametrize("name", GENUINE)
def test_a_genuine_lock_at_its_own_place_is_no_copy(name: str) -> None:
    there = a_lock(name).info
    assert there is not None
    created = created_at(there)
    assert created is not None
    lock = a_lock(name, key=there.Path.removeprefix(f"{BUCKET}/") + ".tflock", taken=created.replace(microsecond=0))
    assert (copy_of(lock), odd_time(lock), speaks_for_itself(lock)) == ("", None, True)


@pytest.mark.parametrize(
    "path",
    [
        f"acme-replica/{STATE_KEY}",
        f"{BUCKET}/prod/network2/terraform.tfstate",
        f"{BUCKET}/env:/dev/{STATE_KEY}",
        f"{BUCKET}/PROD/network/terraform.tfstate",
        f"{BUCKET}/x{STATE_KEY}",
        f"{BUCKET}{STATE_KEY}",
        f"arn:aws:s3:eu-west-1:111122223333:accesspoint/states/other/{STATE_KEY[5:]}",
        STATE_KEY,
        "garbage",
    ],
)
def test_a_lock_that_names_another_place_is_a_copy_of_that(path: str) -> None:
    assert copy_of(says(Path=path)) == path


@pytest.mark.parametrize(
    "path",
    [
        HERE,
        "",
        f"{BUCKET.upper()}/{STATE_KEY}",
        f"arn:aws:s3:eu-west-1:111122223333:accesspoint/states/{STATE_KEY}",
        f"arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap/{STATE_KEY}",
        f"states-abcdefgh1234567-s3alias/{STATE_KEY}",
    ],
)
def test_a_lock_whose_bucket_goes_by_another_name_or_that_names_no_place_is_not_called_a_copy(path: str) -> None:
    assert copy_of(says(Path=path)) == ""


def test_a_target_that_is_an_access_point_makes_no_copies() -> None:
    lock = says()
    alias = "states-abcdefgh1234567-s3alias"
    ref = msgspec.structs.replace(lock.ref, place=Place(Kind.S3, alias, lock.ref.place.key))
    assert copy_of(msgspec.structs.replace(lock, ref=ref)) == ""
    elsewhere = msgspec.structs.replace(ref, place=Place(Kind.S3, alias, "other.tflock"))
    assert copy_of(msgspec.structs.replace(lock, ref=elsewhere)) == HERE


def test_html_escapes_and_workspaces_are_part_of_a_path() -> None:
    lock = a_lock("s3-plan-special-chars", key="team a/r&d+1/terraform.tfstate.tflock")
    assert b"\\u0026" in sample("s3-plan-special-chars")
    assert copy_of(lock) == ""


@pytest.mark.parametrize(
    ("after", "odd"),
    [
        (timedelta(0), False),
        (timedelta(minutes=-59), False),
        (timedelta(minutes=-61), True),
        (timedelta(days=-400), True),
        (timedelta(minutes=14), False),
        (timedelta(minutes=16), True),
        (timedelta(days=3650), True),
    ],
)
def test_a_lock_s_own_time_is_odd_when_it_is_far_from_s3_s(after: timedelta, odd: bool) -> None:
    created = TAKEN + after
    assert odd_time(says(Created=created.isoformat())) == (created if odd else None)


@pytest.mark.parametrize("created", ["0001-01-01T00:00:00Z", "yesterday", ""])
def test_a_time_that_says_nothing_is_not_held_against_a_lock(created: str) -> None:
    assert odd_time(says(Created=created)) is None
    assert not speaks_for_itself(says(Created=created))


@pytest.mark.parametrize("created", ["9999-12-31T23:59:59-14:00", "0002-01-01T00:00:00+14:00"])
def test_no_time_is_too_far_to_be_compared(created: str) -> None:
    assert odd_time(says(Created=created)) == datetime.fromisoformat(created)


def test_only_what_was_taken_here_and_now_by_its_own_word_speaks_for_itself() -> None:
    assert speaks_for_itself(says())
    assert not speaks_for_itself(says(Path=f"{BUCKET.upper()}/{STATE_KEY}"))
    assert not speaks_for_itself(says(Created=(TAKEN - timedelta(hours=2)).isoformat()))
    assert not speaks_for_itself(a_lock(body=b""))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (HERE, ""),
        (f"ACME-TFSTATE/{STATE_KEY}", ""),
        (f"arn:aws:s3:eu-central-1:111111111111:accesspoint/x/{STATE_KEY}", ""),
        (f"acme-replica/{STATE_KEY}", f"acme-replica/{STATE_KEY}"),
        (f"{BUCKET}/other", f"{BUCKET}/other"),
    ],
)
def test_a_copied_item_of_a_table_is_told_by_the_bucket_of_its_state_path(path: str, said: str) -> None:
    assert copy_of(a_table_lock(body=json.dumps({"ID": "x", "Path": path}).encode())) == said


@pytest.mark.parametrize("created", ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "0001-01-01T00:00:00Z"])
def test_the_time_of_a_table_s_lock_is_its_client_s_own_and_fits_it(created: str) -> None:
    assert odd_time(a_table_lock(body=json.dumps({"ID": "x", "Created": created}).encode())) is None
