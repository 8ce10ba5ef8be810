"""Test what the member role lets the reaper do, and that CloudFormation and Terraform make the same role."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from chalicelib.aws.accounts.errand import Verb
from chalicelib.aws.accounts.policies import LONGEST, SETTINGS, examining, looking, writing
from chalicelib.aws.locks.s3 import DEMANDED_ACLS
from chalicelib.config.accounts import DEFAULT_ROLE
from chalicelib.core.locks.place import Kind, Place
from chalicelib.stack.parameters import _LONGEST_KNOWN_STAGE
from deploy.commands import ROOT
from tests import needs
from tests.deploy.rights.member_role import LEAST, MEMBER, TEMPLATE, MemberRole
from tests.deploy.rights.test_account_promises import ALLOWED, DENIED, ETAG, NO_LOCKS, NOT_GIVEN
from tests.deploy.stack_files import Document, actions, functions

pytestmark = pytest.mark.thorough

BUCKET, LOCK = "arn:aws:s3:::acme-tfstate", "arn:aws:s3:::acme-tfstate/prod/network/terraform.tfstate.tflock"
TABLE = f"arn:aws:dynamodb:eu-central-1:{MEMBER}:table/terraform-locks"
KEY = f"arn:aws:kms:eu-central-1:{MEMBER}:key/1234"
LOOK, RELEASE, RESTORE = "look-tflock-reaper-prod", "release-U0ALICE", "restore-U0ALICE"
EXAMINE = "examine-tflock-reaper-prod"
EVERYTHING = {"LockTableArns": TABLE, "DecryptKeyArns": KEY, "CountDebris": "yes", "Doctor": "yes"}
NO_UNDO = {"PutBack": "no"}
NAMED = {"StateBucketArns": f"{BUCKET}-*,{BUCKET}", "LockObjectArns": f"{BUCKET}-*/*.tflock", "RoleName": "locks"}


@pytest.fixture(scope="module")
def role() -> MemberRole:
    return MemberRole(**EVERYTHING)


def of(function: str, stage: str = "prod") -> str:
    """A function's role as CloudFormation names it."""
    return f"tflock-reaper-{stage}-{function.title().replace('_', '')}Role-1A2B3C4D5E6F7"


def test_its_name_is_the_one_that_the_configuration_takes_for_granted(role: MemberRole) -> None:
    assert role.name == DEFAULT_ROLE


@pytest.mark.parametrize("function", functions())
def test_only_release_lock_makes_sessions_that_release_and_only_answer_click_sessions_that_put_back(
    role: MemberRole, function: str
) -> None:
    may = [session for session in (LOOK, EXAMINE, RELEASE, RESTORE) if role.lets_in(of(function), session)]
    own = {"examine_setup": [EXAMINE], "release_lock": [RELEASE], "answer_click": [RESTORE]}.get(function, [])
    assert may == [LOOK, *own]


@pytest.mark.parametrize("session", [LOOK, RELEASE, RESTORE])
def test_nobody_else_is_let_in(role: MemberRole, session: str) -> None:
    function = "answer_click" if session == RESTORE else "release_lock"
    assert role.lets_in(of(function), session)
    assert not role.lets_in(of(function), session, external_id="another")
    assert not role.lets_in(of(function), session, external_id="")
    assert not role.lets_in(of(function), session, account="222233334444")
    assert not role.lets_in(of(function, "prod2"), session)
    assert not role.lets_in(f"x-{of(function)}", session)
    assert not role.lets_in("Admin", session)


@pytest.mark.parametrize("session", ["", "x", "look", "U0ALICE", "RELEASE-x", "xrelease-U0ALICE", "release"])
def test_a_session_of_another_name_is_not_let_in(role: MemberRole, session: str) -> None:
    assert not any(role.lets_in(of(function), session) for function in functions())


@pytest.mark.parametrize("session", [LOOK, RELEASE, RESTORE])
def test_locks_are_listed_and_read_and_nothing_else_in_a_bucket_is_whatever_its_policy_grants(
    role: MemberRole, session: str
) -> None:
    for action, resource in (
        ("s3:ListAllMyBuckets", "*"),
        ("s3:ListBucket", BUCKET),
        ("s3:GetBucketVersioning", BUCKET),
        ("s3:ListBucketVersions", BUCKET),
        ("s3:GetObject", LOCK),
        ("s3:GetObjectVersion", LOCK),
        ("dynamodb:ListTables", "*"),
        ("tag:GetResources", "*"),
        ("dynamodb:Scan", TABLE),
        ("dynamodb:GetItem", TABLE),
    ):
        assert role.judge(session, action, resource) == ALLOWED, action
    for other in NO_LOCKS:
        assert role.judge(session, "s3:GetObject", other) == DENIED
    assert role.judge(session, "s3:GetBucketPolicy", BUCKET) == NOT_GIVEN
    assert role.judge(session, "dynamodb:Query", TABLE) == NOT_GIVEN


@pytest.mark.parametrize(
    ("action", "only", "keys"),
    [
        ("s3:DeleteObject", RELEASE, {"s3__if_match": ETAG}),
        ("s3:PutObject", RESTORE, {"s3__if_none_match": "*"}),
    ],
)
def test_a_lock_is_deleted_and_put_only_on_its_condition_and_only_in_the_session_for_that(
    role: MemberRole, action: str, only: str, keys: dict[str, str]
) -> None:
    judged = {session: role.judge(session, action, LOCK, **keys) for session in (LOOK, RELEASE, RESTORE)}
    assert judged == dict.fromkeys((LOOK, RELEASE, RESTORE), DENIED) | {only: ALLOWED}
    assert role.judge(only, action, LOCK) == DENIED
    assert [role.judge(only, action, other, **keys) for other in NO_LOCKS] == [DENIED] * len(NO_LOCKS)


@pytest.mark.parametrize("condition", ["*", '"*"'])
def test_the_condition_that_anything_is_there_is_none(role: MemberRole, condition: str) -> None:
    assert role.judge(RELEASE, "s3:DeleteObject", LOCK, s3__if_match=condition) == DENIED


@pytest.mark.parametrize("condition", [ETAG, "", "**", '"x", *'])
def test_a_put_on_another_condition_is_denied(role: MemberRole, condition: str) -> None:
    assert role.judge(RESTORE, "s3:PutObject", LOCK, s3__if_none_match=condition) == DENIED


@pytest.mark.parametrize("session", [LOOK, RELEASE, RESTORE])
def test_no_version_is_destroyed_and_a_delete_that_names_none_meets_no_deny(role: MemberRole, session: str) -> None:
    assert role.judge(session, "s3:DeleteObjectVersion", LOCK, s3__VersionId="v1", s3__if_match=ETAG) == DENIED
    assert role.judge(session, "s3:DeleteObjectVersion", LOCK, s3__if_match=ETAG) == NOT_GIVEN


@pytest.mark.parametrize(("action", "only"), [("DeleteItem", RELEASE), ("PutItem", RESTORE)])
def test_items_of_the_named_tables_are_deleted_and_put_only_in_the_session_for_that_and_digests_never(
    role: MemberRole, action: str, only: str
) -> None:
    item, digest = {"dynamodb__LeadingKeys": "acme/x"}, {"dynamodb__LeadingKeys": "acme/x-md5"}
    judged = {session: role.judge(session, f"dynamodb:{action}", TABLE, **item) for session in (LOOK, RELEASE, RESTORE)}
    assert judged == dict.fromkeys((LOOK, RELEASE, RESTORE), DENIED) | {only: ALLOWED}
    assert role.judge(only, f"dynamodb:{action}", TABLE, **digest) == DENIED
    assert not role.judge(only, f"dynamodb:{action}", f"{TABLE}2", **item).allowed


@pytest.mark.parametrize("session", [LOOK, RELEASE, RESTORE])
@pytest.mark.parametrize("action", ["UpdateItem", "BatchWriteItem", "PartiQLDelete", "PartiQLInsert", "PartiQLUpdate"])
def test_items_are_changed_in_no_other_way(role: MemberRole, session: str, action: str) -> None:
    assert role.judge(session, f"dynamodb:{action}", TABLE) == DENIED


@pytest.mark.parametrize("action", SETTINGS)
def test_settings_are_read_only_in_the_session_for_that_and_only_where_the_doctor_is_let_in(
    role: MemberRole, action: str
) -> None:
    named = action.replace("*", "Policy" if action.startswith("s3:") else "Table")
    assert role.judge(EXAMINE, named, "*") == ALLOWED
    assert not MemberRole().judge(EXAMINE, named, "arn:aws:s3:::another").allowed or "ListBucket" in action
    assert not MemberRole().lets_in(of("examine_setup"), EXAMINE)


def test_the_session_of_the_doctor_reads_no_object_by_its_own_policy() -> None:
    asked = {action for s in json.loads(examining("aws"))["Statement"] for action in actions(s)}
    assert not any("Object" in action and "ObjectLock" not in action for action in asked)
    assert len(examining("aws-us-gov")) <= LONGEST


def test_without_undo_nothing_is_put_and_nobody_is_let_in_for_it() -> None:
    role = MemberRole(**EVERYTHING, **NO_UNDO)
    assert not role.lets_in(of("answer_click"), RESTORE)
    assert not any("Put" in action for s in role.rights if s["Effect"] == "Allow" for action in actions(s))
    assert not any("Generate" in action for s in role.rights for action in actions(s))


def test_the_template_has_no_yaml_that_cloudformation_does_not_read() -> None:
    """docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html: no aliases, no hash merges."""
    tokens = list(yaml.scan(TEMPLATE.read_text()))
    assert not [token for token in tokens if isinstance(token, yaml.AliasToken | yaml.AnchorToken)]


@pytest.mark.parametrize("function", functions())
def test_the_longest_stage_leaves_the_functions_names_whole(role: MemberRole, function: str) -> None:
    pattern = re.compile(role.parameters["ReaperStage"]["AllowedPattern"])
    assert pattern.fullmatch("s" * _LONGEST_KNOWN_STAGE)
    assert not pattern.fullmatch("s" * (_LONGEST_KNOWN_STAGE + 1))
    assert len(of(function, "s" * _LONGEST_KNOWN_STAGE)) <= 64


def test_by_default_no_table_no_version_and_no_key_is_open() -> None:
    role = MemberRole()
    assert not any(role.judge(LOOK, action, TABLE).allowed for action in ("dynamodb:Scan", "dynamodb:GetItem"))
    assert not role.judge(LOOK, "s3:ListBucketVersions", BUCKET).allowed
    assert not any("kms" in action for s in role.rights for action in actions(s))


def test_buckets_and_locks_can_be_narrowed() -> None:
    role = MemberRole(**NAMED)
    assert role.judge(LOOK, "s3:ListBucket", f"{BUCKET}-x") == ALLOWED
    assert role.judge(LOOK, "s3:ListBucket", "arn:aws:s3:::acme-other") == NOT_GIVEN
    assert role.judge(RELEASE, "s3:DeleteObject", f"{BUCKET}-x/a.tflock", s3__if_match=ETAG) == ALLOWED
    assert role.judge(RELEASE, "s3:DeleteObject", LOCK, s3__if_match=ETAG) == NOT_GIVEN


def test_keys_are_used_only_through_s3_and_dynamodb(role: MemberRole) -> None:
    by_s3, by_tables = "s3.eu-west-1.amazonaws.com", "dynamodb.eu-west-1.amazonaws.com"
    assert role.judge(LOOK, "kms:Decrypt", KEY, kms__ViaService=by_s3) == ALLOWED
    assert role.judge(LOOK, "kms:Decrypt", KEY, kms__ViaService=by_tables) == ALLOWED
    assert role.judge(LOOK, "kms:Decrypt", KEY) == NOT_GIVEN
    assert role.judge(RESTORE, "kms:GenerateDataKey", KEY, kms__ViaService=by_s3) == ALLOWED
    assert role.judge(LOOK, "kms:GenerateDataKey", KEY, kms__ViaService=by_s3) == NOT_GIVEN


def test_an_acl_that_is_put_back_opens_the_lock_to_nobody_else(role: MemberRole) -> None:
    for acl in DEMANDED_ACLS:
        assert role.judge(RESTORE, "s3:PutObjectAcl", LOCK, s3__x_amz_acl=acl) == ALLOWED
    assert role.judge(RESTORE, "s3:PutObjectAcl", LOCK, s3__x_amz_acl="public-read") == NOT_GIVEN


def test_the_policies_of_sessions_ask_for_nothing_that_the_role_does_not_have(role: MemberRole) -> None:
    places = [Place(Kind.S3, "acme-tfstate", "x.tflock"), Place(Kind.DYNAMODB, "terraform-locks", "acme-tfstate/x")]
    where = ("aws", MEMBER, "eu-central-1")
    written = [writing(verb, place, *where)[0] for verb in (Verb.RELEASE, Verb.RESTORE) for place in places]
    asked = {
        action
        for policy in (looking("aws"), examining("aws"), *written)
        for s in json.loads(policy)["Statement"]
        for action in actions(s)
    }
    has = {action for s in role.rights if s["Effect"] == "Allow" for action in actions(s)}
    # Whom the organisation has is asked of another role, in its management account.
    assert {action for action in asked if not action.startswith("organizations:")} == has


@pytest.mark.parametrize("parameters", [{}, EVERYTHING, EVERYTHING | NO_UNDO, NAMED, NO_UNDO])
def test_it_fits_into_what_iam_takes(parameters: dict[str, str]) -> None:
    role = MemberRole(**parameters)
    assert len(json.dumps(role.trust, separators=(",", ":"))) < 2048
    assert len(json.dumps(role.rights, separators=(",", ":"))) < 10_240 - 2_000


@pytest.mark.parametrize("parameters", [{}, EVERYTHING, EVERYTHING | NO_UNDO, NAMED | {"ReaperStage": "eu"}, NO_UNDO])
def test_terraform_makes_the_same_role_as_cloudformation(tmp_path: Path, parameters: dict[str, str]) -> None:
    role = MemberRole(**parameters)
    made = evaluated(tmp_path, LEAST | parameters)
    assert by_sid(made["trust"]) == by_sid(role.trust)
    assert by_sid(made["rights"]) == by_sid(role.rights)


def test_terraform_s_variables_are_the_template_s_parameters(role: MemberRole) -> None:
    text = (MODULE / "variables.tf").read_text()
    named = {line.split('"')[1] for line in text.splitlines() if line.startswith("variable ")}
    assert named == {snake(name) for name in role.parameters}


def test_the_module_is_valid_for_the_real_provider(tmp_path: Path) -> None:
    needs.terraform()
    mirror = provider_mirror()
    for file in MODULE.glob("*.tf"):
        (tmp_path / file.name).write_text(file.read_text())
    terraform(tmp_path, "init", f"-plugin-dir={mirror}")
    assert "Success!" in terraform(tmp_path, "validate", "-no-color")


MODULE = ROOT / "terraform" / "modules" / "member-role"
_HERE = f'locals {{\n  partition  = "aws"\n  account_id = "{MEMBER}"\n}}\n'


def evaluated(folder: Path, parameters: dict[str, str]) -> Any:
    """Return the module's statements for the same parameters. ``terraform console`` needs no provider for these."""
    for name in ("policy.tf", "variables.tf"):
        (folder / name).write_text((MODULE / name).read_text())
    (folder / "here.tf").write_text(_HERE)
    (folder / "terraform.tfvars.json").write_text(json.dumps(dict(map(variable, parameters.items()))))
    asked = "jsonencode({ trust = local.trust, rights = local.rights })\n"
    return json.loads(json.loads(terraform(folder, "console", "-no-color", asked=asked)))


def variable(parameter: tuple[str, str]) -> tuple[str, Any]:
    name, value = parameter
    if name.endswith("Arns"):
        return snake(name), value.split(",")
    return snake(name), {"yes": True, "no": False}.get(value, value)


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("_")


def terraform(folder: Path, *arguments: str, asked: str = "") -> str:
    run = subprocess.run(  # noqa: S603
        [needs.terraform(), *arguments],
        cwd=folder,
        input=asked,
        env={"TF_CLI_CONFIG_FILE": "/dev/null", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def provider_mirror() -> Path:
    """The folder with the real AWS provider, where the machine has one."""
    mirrors = Path("/opt").glob("*/registry.terraform.io/hashicorp/aws")
    found = next(mirrors, None)
    if found is None:
        pytest.skip("no mirror with the AWS provider for Terraform on this machine")
    return found.parents[2]


def by_sid(statements: list[Document]) -> dict[str, Document]:
    """A text and a list of that one text mean the same."""
    return {statement["Sid"]: as_lists(statement) for statement in statements}


def as_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_lists(part) for key, part in value.items()}
    return sorted(value) if isinstance(value, list) else [value]
