"""Tell of a night in which not every target was swept: what is known, what is not, and what to do."""

from chalicelib.core.nights.night import Standing
from chalicelib.core.nights.summary import AccountNight, NightSummary, NotSwept
from chalicelib.slack.words.parts.text import capital, code, shortened

_TARGETS, _ACCOUNTS = 8, 5
"""Most targets that are named, and most accounts, so that a message never has to be cut."""
_NAME_LIMIT, _WHY_LIMIT, _LIMIT = 80, 110, 4000
_REMEDIES = {
    Standing.FAILED: "Put the rights or the bucket right, or take the target out of `reaper.toml`. The next night "
    "tries again.",
    Standing.UNFINISHED: "What was still being listed is too large for one night: divide it by `prefixes`.",
    Standing.UNANSWERED: "Where no sweep told anything, look into the dead-letter queue of sweeps "
    "(`docs/operating.md`) and into the log of `sweep_target`.",
}


def night(subject: str, summary: NightSummary) -> str:
    """Return the message about a night in which not every target was swept."""
    told = [(account.account, one) for account in summary.accounts for one in account.not_swept]
    named = [_line(account, one) for account, one in told[:_TARGETS]]
    if more := len(told) - len(named):
        named.append(f"• and {more} more: `night_finished` in the journal names them")
    found = {one.standing for _, one in told}
    remedies = [words for standing, words in _REMEDIES.items() if standing in found]
    head = (
        f":warning: *{capital(subject)}: {summary.failed} of {summary.targets} targets were not swept.* "
        "Nobody looked for new locks in them, so what is locked there may be unknown."
    )
    lines = [head, *named, *_accounts(summary), _rest(summary), *remedies, *_debris(summary)]
    return shortened("\n".join(lines), _LIMIT)


def _line(account: str, one: NotSwept) -> str:
    why = f": {code(one.why, _WHY_LIMIT)}" if one.why else ""
    return f"• {code(one.target, _NAME_LIMIT)} in account {code(account, _NAME_LIMIT)} {one.standing.value}{why}"


def _accounts(summary: NightSummary) -> list[str]:
    """Return what was swept in each account where something failed, if there are several accounts."""
    failed = [account for account in summary.accounts if account.not_swept]
    if len(summary.accounts) == 1:
        return []
    named = ", ".join(map(_account, failed[:_ACCOUNTS]))
    more = f" and {len(failed) - _ACCOUNTS} more accounts" if len(failed) > _ACCOUNTS else ""
    whole = len(summary.accounts) - len(failed)
    return [f"Swept: {named}{more}; all of the other {whole} accounts." if whole else f"Swept: {named}{more}."]


def _debris(summary: NightSummary) -> list[str]:
    """Return what locks left behind in the bucket that has the most of it."""
    return [f"Lock debris in {code(target, _NAME_LIMIT)}: {debris.words}." for target, debris in summary.debris[:1]]


def _account(night: AccountNight) -> str:
    return f"{night.swept} of {night.targets} in {code(night.account, _NAME_LIMIT)}"


def _rest(summary: NightSummary) -> str:
    swept = summary.targets - summary.failed
    if not swept:
        return "No target was swept."
    locks = summary.found.locks
    held = f"{locks} locks were found (`/tflocks all` lists those that are held now)" if locks else "no lock was found"
    return f"In the {swept} targets that were swept, {held}."
