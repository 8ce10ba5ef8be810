"""The roles of the stack's functions with the policies of its files, and what the reaper of these files works with."""

import copy
from typing import Any

import msgspec

from chalicelib.core.doctor.reaper.roles.holdings import Holdings
from chalicelib.core.doctor.reaper.roles.role import Role
from tests.deploy.rights import iam_judge
from tests.deploy.stack_files import functions, resources, statements

SUBJECT = "reaper tflock-reaper-prod"
LOCK = f"{iam_judge.BUCKET}/tflock-reaper-doctor/terraform.tfstate.tflock"
HAS = Holdings(
    partition="aws",
    account=iam_judge.ACCOUNT,
    book=iam_judge.place("LockBook"),
    held=f"{iam_judge.place('LockBook')}/index/held",
    sweeps=iam_judge.place("SweepQueue"),
    events=iam_judge.place("LockEventQueue"),
    releases=iam_judge.place("ReleaseQueue"),
    clicks=iam_judge.place("ClickQueue"),
    token=iam_judge.parameter("/tflock-reaper/prod/slack-bot-token"),
    signing=iam_judge.parameter("/tflock-reaper/prod/slack-signing-secret"),
    log=iam_judge.place("LogGroup"),
    buckets=(iam_judge.BUCKET,),
    locks=(LOCK,),
    states=(LOCK.removesuffix(".tflock"),),
    tables=(iam_judge.TABLE,),
    members=(iam_judge.MEMBER_ROLE,),
    names=("*",),
    units=("*",),
    undo=True,
)


def role_of(function: str) -> Role:
    """The role of a function, by its name in ``app.py``."""
    logical = "".join(word.title() for word in function.split("_"))
    beside = resources()["Resources"].items()
    shared = {
        name: iam_judge.filled(one["Properties"]["PolicyDocument"])
        for name, one in beside
        if one.get("Type") == "AWS::IAM::Policy" and {"Ref": f"{logical}Role"} in one["Properties"]["Roles"]
    }
    own = {"Version": "2012-10-17", "Statement": iam_judge.filled(statements(function))}
    return Role(function=logical, name=f"prod-{logical}Role-1", inline={f"{logical}RolePolicy0": own, **shared})


ROLES = tuple(role_of(function) for function in sorted(functions()))


def named(function: str) -> Role:
    """The role of a function, by its logical ID."""
    return next(role for role in ROLES if role.function == function)


def without(role: Role, action: str, effect: str = "Allow") -> Role:
    """The role without one action in its statements of one effect."""
    inline = copy.deepcopy(dict(role.inline))
    for document in inline.values():
        document["Statement"] = [one for one in document["Statement"] if _left(one, action, effect)]
    return msgspec.structs.replace(role, inline=inline)


def with_statement(role: Role, statement: dict[str, Any], policy: str = "Added") -> Role:
    """The role with one more policy."""
    return msgspec.structs.replace(role, inline={**role.inline, policy: {"Statement": statement}})


def _left(statement: dict[str, Any], action: str, effect: str) -> bool:
    """Take the action out of a statement; return whether anything is left of that."""
    if statement["Effect"] != effect:
        return True
    actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
    statement["Action"] = [one for one in actions if one != action]
    return bool(statement["Action"])
