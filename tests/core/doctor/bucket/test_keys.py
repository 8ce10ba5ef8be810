"""Whether the reaper's roles may use a bucket's key: DecryptKeyArns and the key's own policy."""

import json
from typing import Any

import pytest

from chalicelib.core.doctor.bucket.guards.keys import Key, key_use
from chalicelib.core.doctor.bucket.policy.statements import policy_of
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Colour, Finding
from tests.aws.doctor.bucket.bench import a_reaper
from tests.core.doctor.bucket.pasting import option

ACCOUNT, ABROAD = "123456789012", "111122223333"
ARN = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1a2b"
BUCKET = StateBucket("acme-tfstate", (), ACCOUNT, "eu-central-1")
ROOT = {
    "Sid": "Delegates",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
RED, YELLOW, GREEN, GREY = Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.GREY


def judged(
    *statements: Any, named: str = ARN, arn: str = ARN, bucket: StateBucket = BUCKET, state: str = "Enabled"
) -> Finding:
    policy = policy_of(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    return key_use(bucket, Key(arn=arn, state=state, policy=policy), a_reaper(DecryptKeyArns=named))


@pytest.mark.parametrize("named", [ARN, f"x,{ARN}", f"arn:aws:kms:*:{ACCOUNT}:key/*", "*", f" {ARN} ,"])
def test_a_key_that_the_parameter_covers_and_whose_policy_leaves_it_to_the_account_is_green(named: str) -> None:
    assert judged(ROOT, named=named).colour is GREEN


@pytest.mark.parametrize("named", ["", f"arn:aws:kms:eu-central-1:{ACCOUNT}:alias/states", ARN + "c", ARN[:-1]])
def test_a_key_that_the_parameter_does_not_cover_is_red_and_the_fix_adds_it_to_the_stack(named: str) -> None:
    one = judged(ROOT, named=named)
    assert one.colour is RED
    assert one.fix
    parameters = json.loads(one.fix.cli.split("--parameters ")[1].strip("'").replace("'\"'\"'", "'"))
    assert {"ParameterKey": "Stage", "UsePreviousValue": True} in parameters
    assert {"ParameterKey": "DecryptKeyArns", "ParameterValue": f"{named},{ARN}".lstrip(",")} in parameters


def test_a_policy_that_names_the_roles_is_enough_without_the_parameter() -> None:
    roles = [a_reaper().role_arn(name) for name in a_reaper().roles]
    direct = ROOT | {"Principal": {"AWS": roles}}
    assert judged(direct, named="").colour is GREEN
    assert judged(ROOT | {"Principal": {"AWS": roles[1:]}}, named="").colour is RED


def test_the_policy_that_aws_gives_its_own_keys_lets_all_in_who_may_use_the_service() -> None:
    by_service = ROOT | {
        "Principal": {"AWS": "*"},
        "Condition": {
            "StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com", "kms:CallerAccount": ACCOUNT}
        },
    }
    assert judged(by_service, named="").colour is GREEN
    other = json.loads(json.dumps(by_service).replace("s3.eu-central-1", "dynamodb.eu-central-1"))
    assert judged(other, named="").colour is RED


def test_a_policy_for_others_alone_is_red_and_its_fix_lets_the_roles_in_and_keeps_the_others() -> None:
    others = ROOT | {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/ci"}}
    one = judged(others)
    assert one.colour is RED
    assert "nothing allows the reaper's sweep_target, watch_locks" in one.seen
    assert one.fix
    mended = option(one.fix.cli, "policy")["Statement"]
    assert mended[0] == others
    assert judged(*mended).colour is GREEN


def test_a_policy_without_the_right_to_encrypt_stops_what_is_put_back() -> None:
    one = judged(ROOT | {"Action": "kms:Decrypt"})
    assert one.colour is RED
    assert "answer_click to call kms:GenerateDataKey" in one.seen


def test_a_denied_role_is_red_and_its_fix_leaves_out_that_role_alone() -> None:
    no = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
    one = judged(ROOT, no | {"Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}})
    assert one.colour is RED
    assert one.fix
    mended = option(one.fix.cli, "policy")["Statement"]
    assert mended[0] == ROOT
    assert mended[1]["Condition"]["StringEquals"] == {"aws:PrincipalAccount": ACCOUNT}
    assert judged(*mended).colour is GREEN


def test_a_condition_that_is_not_understood_is_yellow_never_green() -> None:
    fence = ROOT | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}
    one = judged(fence)
    assert one.colour is YELLOW
    assert one.fix
    assert judged(*option(one.fix.cli, "policy")["Statement"]).colour is GREEN


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion", "PendingImport", "Unavailable", ""])
def test_a_key_that_is_not_enabled_is_red_whatever_else_is_right(state: str) -> None:
    one = judged(ROOT, state=state)
    assert one.colour is RED
    assert one.fix
    assert ("cancel-key-deletion" in one.fix.cli) is (state == "PendingDeletion")
    assert "enable-key" in one.fix.cli


def test_a_key_of_another_account_takes_its_policy_and_the_parameter() -> None:
    arn = ARN.replace(ACCOUNT, ABROAD)
    assert judged(ROOT, named=arn, arn=arn).colour is GREEN
    one = judged(ROOT, named="", arn=arn)
    assert one.colour is RED
    assert one.fix
    assert "DecryptKeyArns of tflock-reaper-prod" in one.fix.do


def test_awss_own_key_is_green_and_without_a_reaper_only_its_state_counts() -> None:
    awss = Key(arn=ARN, state="Enabled", is_awss=True, policy=policy_of(""))
    assert key_use(BUCKET, awss, a_reaper()).colour is GREEN
    key = Key(arn=ARN, state="Enabled", policy=policy_of(""))
    assert key_use(BUCKET, key, None).colour is GREEN


def test_in_another_account_the_member_role_reads_and_nobody_knows_its_keys() -> None:
    assert judged(ROOT, bucket=StateBucket("acme", (), ABROAD, "eu-central-1")).colour is GREY
