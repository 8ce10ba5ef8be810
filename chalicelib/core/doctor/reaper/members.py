"""Judge whether the functions can enter another account, by what came of its targets in the last night."""

from collections.abc import Sequence
from shlex import join

from chalicelib.core.doctor.finding import Finding, Fix, green, red
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.locks.account import Account
from chalicelib.core.nights.night import Night, Result, Standing, standing_of

MEMBER = "reaper.member"


def judge_by_night(subject: str, account: Account, night: Night | None, parts: Parts) -> Finding | None:
    """Return what the last night proves of an account; None: it proves nothing.

    One target that was swept proves that the role lets the functions in; where none was, the sweeps say why.
    """
    told = night.by_home if night else {}
    results = [told.get(one.home) for one in (night.ordered if night else ()) if one.account == account.called]
    swept = sum(standing_of(result) is Standing.SWEPT for result in results)
    if swept:
        return green(
            MEMBER, subject, f"the last night swept {swept} of its {len(results)} targets by the role {account.role}"
        )
    if why := _failure(results):
        return red(
            MEMBER, subject, f"the last night swept none of its {len(results)} targets: {why}", _fix(account, parts)
        )
    return None


def _failure(results: Sequence[Result | None]) -> str:
    return next((result.failure for result in results if result and result.failure), "")


def _fix(account: Account, parts: Parts) -> Fix:
    do = (
        f"Look in the account {account.called} whether there is the role {account.role}, and whether its trust policy "
        f"names the account {parts.account}, the stage {parts.stage} and the external_id of reaper.toml. The command, "
        "with credentials of that account and in the reaper's checkout, makes it or puts it right; add the buckets and "
        "tables that it had (StateBucketArns, LockObjectArns, LockTableArns), if it named any."
    )
    name = account.role.rpartition("/")[2]
    given = [f"ReaperAccountId={parts.account}", f"ReaperStage={parts.stage}", f"RoleName={name}"]
    given += [f"ExternalId={account.external_id}"] if account.external_id else []
    words = ["--template-file", "deploy/member-role.yaml", "--stack-name", "tflock-reaper-member"]
    words += ["--capabilities", "CAPABILITY_NAMED_IAM", "--parameter-overrides", *given]
    return Fix(do=do, cli=join(["aws", "cloudformation", "deploy", *words]))
