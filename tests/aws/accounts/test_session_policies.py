"""Test what a session may do, as the local cloud's evaluator judges its policy."""

import json
import re
from typing import Any

import pytest
from ministack.core import iam_evaluator  # type: ignore[import-untyped]

from chalicelib.aws.accounts.errand import Verb
from chalicelib.aws.accounts.policies import LONGEST, looking, writing
from chalicelib.core.locks.place import Kind, Place

pytestmark = pytest.mark.thorough

ACCOUNT, REGION = "111122223333", "eu-central-1"
KEY = "prod/network/terraform.tfstate.tflock"
LOCK = Place(Kind.S3, "acme-tfstate", KEY)
ITEM = Place(Kind.DYNAMODB, "locks", "acme-tfstate/prod/terraform.tfstate", ACCOUNT)
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/locks"
IF_MATCH, IF_NONE_MATCH = {"s3:if-match": '"abc"'}, {"s3:if-none-match": "*"}


def objects(key: str, bucket: str = "acme-tfstate") -> str:
    return f"arn:aws:s3:::{bucket}/{key}"


def policies_for(place: Place, verb: Verb = Verb.RELEASE) -> tuple[str, ...]:
    return writing(verb, place, "aws", ACCOUNT, REGION)


def allows(policy: str, action: str, resource: str, keys: dict[str, Any] | None = None) -> bool:
    request = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/member/release-U0ALICE",
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=action,
        resource_arn=resource,
        region=REGION,
        service_context={name.lower(): value for name, value in (keys or {}).items()},
    )
    decided: str = iam_evaluator.evaluate(request, [iam_evaluator.parse_policy_document(policy)]).decision
    return decided == "Allow"


def test_a_session_that_looks_lists_and_reads_locks_and_reads_no_state() -> None:
    policy = looking("aws")
    assert all(
        allows(policy, action, "arn:aws:s3:::acme-tfstate") for action in ("s3:ListBucket", "s3:ListAllMyBuckets")
    )
    assert allows(policy, "s3:GetObject", objects(KEY))
    assert not allows(policy, "s3:GetObject", objects("prod/network/terraform.tfstate"))
    assert allows(policy, "dynamodb:GetItem", TABLE)


@pytest.mark.parametrize(
    "action", ["s3:DeleteObject", "s3:PutObject", "s3:PutBucketPolicy", "dynamodb:DeleteItem", "dynamodb:PutItem"]
)
def test_a_session_that_looks_changes_nothing(action: str) -> None:
    assert not allows(looking("aws"), action, TABLE if action.startswith("dynamodb") else objects(KEY), IF_MATCH)


def test_a_release_deletes_its_own_lock_only_on_a_condition_and_does_nothing_else() -> None:
    narrow, _ = policies_for(LOCK)
    assert allows(narrow, "s3:DeleteObject", objects(KEY), IF_MATCH)
    assert not allows(narrow, "s3:DeleteObject", objects(KEY))
    assert not allows(narrow, "s3:DeleteObject", objects("dev/terraform.tfstate.tflock"), IF_MATCH)
    assert not allows(narrow, "s3:DeleteObject", objects(KEY, "acme-other"), IF_MATCH)
    assert not allows(narrow, "s3:PutObject", objects(KEY), IF_NONE_MATCH)
    assert not allows(narrow, "s3:ListBucket", "arn:aws:s3:::acme-tfstate")


def test_putting_back_puts_its_own_lock_only_on_a_condition_and_deletes_nothing() -> None:
    narrow, _ = policies_for(LOCK, Verb.RESTORE)
    assert allows(narrow, "s3:PutObject", objects(KEY), IF_NONE_MATCH)
    assert not allows(narrow, "s3:PutObject", objects(KEY))
    assert not allows(narrow, "s3:PutObject", objects("other.tflock"), IF_NONE_MATCH)
    assert not allows(narrow, "s3:DeleteObject", objects(KEY), IF_MATCH)


@pytest.mark.parametrize(("verb", "action"), [(Verb.RELEASE, "DeleteItem"), (Verb.RESTORE, "PutItem")])
def test_an_item_s_session_changes_that_item_of_that_table(verb: Verb, action: str) -> None:
    narrow, _ = policies_for(ITEM, verb)
    ours, other = ({"dynamodb:LeadingKeys": [key]} for key in (ITEM.key, "acme-tfstate/other"))
    assert allows(narrow, f"dynamodb:{action}", TABLE, ours)
    assert not allows(narrow, f"dynamodb:{action}", TABLE, other)
    assert not allows(narrow, f"dynamodb:{action}", f"{TABLE}2", ours)
    assert not allows(narrow, "dynamodb:UpdateItem", TABLE, ours)


def expected(pattern: str) -> re.Pattern[str]:
    """Read a pattern as IAM does: ``${*}`` is an asterisk, ``*`` any text."""
    pieces = re.split(r"(\$\{[*?$]\}|\*|\?)", pattern)
    readings = {"*": ".*", "?": "."}
    return re.compile(
        "".join(re.escape(p[2]) if p.startswith("${") else readings.get(p) or re.escape(p) for p in pieces), re.DOTALL
    )


def written_key(place: Place) -> str:
    statement = json.loads(policies_for(place)[0])["Statement"][0]
    if place.kind is Kind.DYNAMODB:
        [key] = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        return str(key)
    return str(statement["Resource"]).removeprefix("arn:aws:s3:::acme-tfstate/")


ODD = ["a*b", "a?b", "$", "${aws:username}", "${*}", '"', "\\", "a b", "{}", "$$", "***", "a:b", "[x]"]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("kind", Kind)
def test_a_key_that_means_something_to_iam_means_itself(kind: Kind, odd: str) -> None:
    place = Place(kind, "acme-tfstate", f"x/{odd}.tflock")
    pattern = expected(written_key(place))
    assert pattern.fullmatch(place.key)
    assert not pattern.fullmatch(place.key.replace(odd, "anything"))
    assert "${aws" not in written_key(place).replace("${$}{aws", "")


@pytest.mark.parametrize("odd", ["Łódź", "é", "名前", "🔒", "\x00", "\n", "a\u0301", "\x7f"])
def test_what_iam_may_not_take_stands_for_any_text(odd: str) -> None:
    place = Place(Kind.S3, "acme-tfstate", f"x/{odd}/y.tflock")
    pattern = expected(written_key(place))
    assert written_key(place).isascii()
    assert pattern.fullmatch(place.key)
    assert not pattern.fullmatch("x/y.tflock2")
    assert not pattern.fullmatch("other/y.tflock")


@pytest.mark.parametrize("verb", [Verb.RELEASE, Verb.RESTORE])
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("letter", ["x", "*", "\\", "Ł"])
def test_a_policy_always_fits_and_the_last_resort_is_the_locks_of_the_same_container(
    verb: Verb, kind: Kind, letter: str
) -> None:
    container = "b" * 63 if kind is Kind.S3 else "t" * 255
    key = letter * ((1024 - len(".tflock")) // len(letter.encode())) + ".tflock"
    fitting = policies_for(Place(kind, container, key), verb)
    assert fitting
    assert all(len(policy) <= LONGEST and policy.isascii() for policy in fitting)
    last = json.loads(fitting[-1])["Statement"][0]
    assert last["Resource"].endswith(f"{container}/*.tflock" if kind is Kind.S3 else f":table/{container}")
