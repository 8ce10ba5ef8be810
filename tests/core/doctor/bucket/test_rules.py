"""Lifecycle, replication and Object Lock: which rules meet locks, and that a fix keeps all that does not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.doctor.bucket.rules.debris import LARGE, debris
from chalicelib.core.doctor.bucket.rules.expiration import Kept, expiration, kept_in
from chalicelib.core.doctor.bucket.rules.object_lock import object_lock
from chalicelib.core.doctor.bucket.rules.replication import replication
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.nights.debris import Debris
from tests.core.doctor.bucket.pasting import option

BUCKET = StateBucket("acme-tfstate", account="123456789012", region="eu-central-1")
PROD = StateBucket("acme-tfstate", ("prod/",))
ON = {"Status": "Enabled"}


def a_rule(chosen: Any, **more: Any) -> dict[str, Any]:
    return {"ID": "tidy", "Status": "Enabled", "Filter": chosen, "Expiration": {"Days": 30}} | more


def judged(rule: Any, bucket: StateBucket = BUCKET, kept: Kept = Kept.LOCKS, **more: Any) -> list[Finding]:
    return list(expiration(bucket, {"Rules": [rule], **more}, lambda _: kept))


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"Prefix": ""},
        {"Prefix": "prod/"},
        {"ObjectSizeLessThan": 1000},
        {"ObjectSizeGreaterThan": 1023},
        {"And": {"Prefix": "prod/", "ObjectSizeLessThan": 100_000}},
    ],
)
def test_a_rule_that_can_meet_a_lock_is_red(chosen: Any) -> None:
    [one] = judged(a_rule(chosen))
    assert one.colour is Colour.RED
    assert "rule tidy deletes all objects" in one.seen
    assert "30 days" in one.seen


@pytest.mark.parametrize(
    "chosen",
    [
        {"ObjectSizeGreaterThan": 1024},
        {"ObjectSizeLessThan": 100},
        {"And": {"Prefix": "prod/", "ObjectSizeGreaterThan": 100_000}},
    ],
)
def test_a_rule_that_wants_other_sizes_than_a_locks_meets_none(chosen: Any) -> None:
    assert [one.colour for one in judged(a_rule(chosen))] == [Colour.GREEN]


@pytest.mark.parametrize(
    "chosen",
    [
        {"Tag": {"Key": "temporary", "Value": "yes"}},
        {"And": {"Prefix": "", "Tags": [{"Key": "temporary", "Value": "yes"}]}},
    ],
)
def test_a_rule_that_wants_a_tag_may_meet_the_locks_of_opentofu(chosen: Any) -> None:
    [one] = judged(a_rule(chosen))
    assert (one.colour, "`lock_tags`" in one.seen) == (Colour.YELLOW, True)
    folder = a_rule({"And": {"Prefix": "tmp/", "Tags": [{"Key": "temporary", "Value": "yes"}]}})
    assert [found.colour for found in judged(folder, kept=Kept.NONE)] == [Colour.GREEN]


def test_a_rule_with_the_old_prefix_outside_of_a_filter_is_met_as_well() -> None:
    rule = {"ID": "old", "Status": "Enabled", "Prefix": "prod/", "Expiration": {"Days": 1}}
    assert [one.colour for one in judged(rule, PROD)] == [Colour.RED]


@pytest.mark.parametrize(
    "rule",
    [
        a_rule({}, Status="Disabled"),
        a_rule({}, Expiration={"ExpiredObjectDeleteMarker": True}),
        a_rule({}, Expiration={}, NoncurrentVersionExpiration={"NoncurrentDays": 1}),
        a_rule({"Prefix": "stage/"}),
    ],
)
def test_what_is_off_or_takes_only_old_versions_or_lies_elsewhere_is_green(rule: Any) -> None:
    assert [one.colour for one in judged(rule, PROD)] == [Colour.GREEN]


def test_a_date_takes_locks_as_days_do() -> None:
    [one] = judged(a_rule({}, Expiration={"Date": datetime(2030, 1, 1, tzinfo=UTC)}))
    assert one.colour is Colour.RED
    assert "from 2030-01-01 on" in one.seen


@pytest.mark.parametrize(
    ("kept", "colour"), [(Kept.LOCKS, Colour.RED), (Kept.UNKNOWN, Colour.YELLOW), (Kept.NONE, Colour.GREEN)]
)
def test_a_rule_for_one_folder_is_judged_by_what_is_kept_there(kept: Kept, colour: Colour) -> None:
    assert [one.colour for one in judged(a_rule({"Prefix": "logs/"}), kept=kept)] == [colour]


@pytest.mark.parametrize(
    ("keys", "whole", "kept"),
    [
        (["logs/a"], True, Kept.NONE),
        (["logs/a"], False, Kept.UNKNOWN),
        ([], True, Kept.NONE),
        (["logs/x.tfstate"], False, Kept.LOCKS),
        (["logs/any.tflock"], True, Kept.LOCKS),
    ],
)
def test_only_a_whole_listing_proves_that_nothing_is_kept_in_a_folder(keys: list[str], whole: bool, kept: Kept) -> None:
    assert kept_in(keys, whole=whole) is kept


def test_the_fix_of_an_expiration_keeps_every_other_rule_and_all_else_that_the_rule_does() -> None:
    other = a_rule({"Prefix": "x/"}, ID="other", Status="Disabled")
    rule = a_rule({}, NoncurrentVersionExpiration={"NoncurrentDays": 9}, AbortIncompleteMultipartUpload={"Days": 1})
    answer = {"Rules": [other, rule], "TransitionDefaultMinimumObjectSize": "varies_by_storage_class"}
    [one] = expiration(BUCKET, answer, lambda _: Kept.LOCKS)
    assert one.fix
    assert option(one.fix.cli, "lifecycle-configuration") == {
        "Rules": [other, {key: value for key, value in rule.items() if key != "Expiration"}]
    }
    assert option(one.fix.cli, "transition-default-minimum-object-size") == "varies_by_storage_class"
    assert one.fix.hcl.count("rule {") == 2


def test_two_rules_that_take_locks_are_two_findings_with_one_fix_for_both() -> None:
    rules = [a_rule({}, ID="a"), a_rule({"Prefix": "prod/"}, ID="b"), a_rule({}, ID="c", Status="Disabled")]
    found = list(expiration(BUCKET, {"Rules": rules}, lambda _: Kept.LOCKS))
    assert [one.data["rule"] for one in found] == ["a", "b"]
    assert {option(one.fix.cli, "lifecycle-configuration")["Rules"][0]["ID"] for one in found if one.fix} == {"c"}
    assert len({one.fix.cli for one in found if one.fix}) == 1


def test_without_any_rule_left_the_configuration_is_deleted_because_s3_takes_no_empty_one() -> None:
    [one] = judged(a_rule({}))
    assert one.fix
    assert one.fix.cli == "aws s3api delete-bucket-lifecycle --bucket acme-tfstate"


# debris


def counted(versioning: Any = ON, rules: Any = (), bucket: StateBucket = BUCKET, **found: Any) -> Finding:
    return debris(bucket, versioning, {"Rules": rules}, lambda: rules, lambda: Debris(**found))


NONCURRENT = {"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}


@pytest.mark.parametrize(
    ("found", "colour"),
    [
        ({"versions": LARGE // 2, "markers": LARGE // 2, "whole": True}, Colour.YELLOW),
        ({"versions": LARGE, "whole": False}, Colour.YELLOW),
        ({"versions": 100, "whole": False}, Colour.YELLOW),
        ({"versions": 99, "whole": False}, Colour.GREY),
        ({"versions": LARGE - 1, "whole": True}, Colour.GREEN),
        ({"whole": True}, Colour.GREEN),
    ],
)
def test_debris_is_told_by_its_count_and_never_green_on_a_part_of_the_bucket(found: Any, colour: Colour) -> None:
    assert counted(**found).colour is colour


def test_a_bucket_that_never_kept_versions_has_no_debris_and_a_suspended_one_has() -> None:
    assert counted({}, versions=LARGE, whole=True).colour is Colour.GREEN
    assert counted({"Status": "Suspended"}, versions=LARGE, whole=True).colour is Colour.YELLOW


@pytest.mark.parametrize(
    "rules",
    [
        [a_rule({}, Expiration={"ExpiredObjectDeleteMarker": True}, **NONCURRENT)],
        [a_rule({}, Expiration={"ExpiredObjectDeleteMarker": True}), a_rule({}, Expiration=None, **NONCURRENT)],
        [a_rule({"Prefix": "pro"}, **NONCURRENT)],
    ],
)
def test_rules_that_remove_versions_and_markers_are_enough_and_nothing_is_counted(rules: Any) -> None:
    def never() -> Debris:
        raise AssertionError

    assert debris(PROD, ON, {"Rules": rules}, lambda: rules, never).colour is Colour.GREEN


@pytest.mark.parametrize(
    "rule",
    [
        a_rule({}, Status="Disabled", **NONCURRENT),
        a_rule({"Prefix": "prod/a"}, **NONCURRENT),
        a_rule({"ObjectSizeGreaterThan": 1000}, **NONCURRENT),
        a_rule({"Tag": {"Key": "a", "Value": "b"}}, **NONCURRENT),
        a_rule({}, Expiration=None, **NONCURRENT),
        a_rule({}, Expiration={"ExpiredObjectDeleteMarker": True}),
    ],
)
def test_a_rule_that_leaves_some_of_it_is_not_enough(rule: Any) -> None:
    one = counted(rules=[rule], bucket=PROD, versions=LARGE, whole=True)
    assert one.fix
    rules = option(one.fix.cli, "lifecycle-configuration")["Rules"]
    assert rules[0] == rule
    assert debris(PROD, ON, {"Rules": rules}, list, Debris).colour is Colour.GREEN


def test_the_rule_to_add_has_its_own_id_for_each_prefix_and_keeps_newer_old_versions_of_states() -> None:
    bucket = StateBucket("acme-tfstate", ("prod/", "stage/"))
    one = counted(rules=[a_rule({"Prefix": "x"}, ID="lock-debris")], bucket=bucket, versions=LARGE, whole=True)
    assert one.fix
    rules = option(one.fix.cli, "lifecycle-configuration")["Rules"]
    assert [(rule["ID"], rule["Filter"]["Prefix"]) for rule in rules] == [
        ("lock-debris", "x"),
        ("lock-debris-2", "prod/"),
        ("lock-debris-3", "stage/"),
    ]
    assert rules[1]["NoncurrentVersionExpiration"]["NewerNoncurrentVersions"] >= 20
    assert "old versions of states too" in one.fix.do


# replication


def copying(**more: Any) -> dict[str, Any]:
    rule = {"ID": "dr", "Status": "Enabled", "Priority": 1, "Filter": {}, "Destination": {"Bucket": "arn:aws:s3:::dr"}}
    return rule | more


def copied(*rules: Any, bucket: StateBucket = BUCKET) -> Finding:
    return replication(bucket, {"ReplicationConfiguration": {"Role": "arn:aws:iam::1:role/r", "Rules": list(rules)}})


def test_a_rule_that_copies_locks_and_not_their_deletion_is_yellow_and_its_fix_keeps_the_rest() -> None:
    encrypted = {"Bucket": "arn:aws:s3:::dr", "EncryptionConfiguration": {"ReplicaKmsKeyID": "k"}}
    rules = [copying(Destination=encrypted), copying(ID="logs", Filter={"Prefix": "logs/"}, Status="Disabled")]
    one = copied(*rules)
    assert one.colour is Colour.YELLOW
    assert "rule dr copies locks to dr" in one.seen
    assert one.fix
    mended = option(one.fix.cli, "replication-configuration")
    assert mended["Role"] == "arn:aws:iam::1:role/r"
    assert mended["Rules"] == [rules[0] | {"DeleteMarkerReplication": {"Status": "Enabled"}}, rules[1]]
    assert replication(BUCKET, {"ReplicationConfiguration": mended}).colour is Colour.GREEN
    assert 'replica_kms_key_id = "k"' in one.fix.hcl


@pytest.mark.parametrize(
    "rule",
    [
        copying(DeleteMarkerReplication={"Status": "Enabled"}),
        {key: value for key, value in copying(Prefix="").items() if key != "Filter"},
        copying(Status="Disabled"),
        copying(Filter={"Prefix": "logs/"}),
        copying(Filter={"Tag": {"Key": "a", "Value": "b"}}),
    ],
)
def test_a_rule_that_copies_deletions_too_or_no_locks_is_green(rule: Any) -> None:
    assert copied(rule, bucket=PROD).colour is Colour.GREEN


def test_without_replication_all_is_green() -> None:
    assert replication(BUCKET, {}).colour is Colour.GREEN


# Object Lock


@pytest.mark.parametrize("time", [{"Days": 30}, {"Years": 7}])
def test_a_default_retention_keeps_each_lock_as_long_as_a_state(time: Any) -> None:
    kept = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE"} | time}}
    one = object_lock(BUCKET, {"ObjectLockConfiguration": kept})
    assert one.colour is Colour.YELLOW
    assert ("30 days" in one.seen) or ("7 years" in one.seen)
    assert one.fix
    mended = {"ObjectLockConfiguration": option(one.fix.cli, "object-lock-configuration")}
    assert object_lock(BUCKET, mended).colour is Colour.GREEN


def test_without_object_lock_or_a_default_retention_all_is_green() -> None:
    assert object_lock(BUCKET, {}).colour is Colour.GREEN
    assert object_lock(BUCKET, {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}).colour is Colour.GREEN
