"""Tell of a night in which not every target was swept: what is known, what is not, and what to do."""

from chalicelib.core.nights.night import Standing
from chalicelib.core.nights.summary import AccountNight, NightSummary, NotSwept
from chalicelib.slack.words.parts.text import capital, code, shortened

_TARGETS, _ACCOUNTS = 8, 5
"""Most targets that are named, and most accounts, so that a message never has to be cut."""
_NAME_LIMIT, _WHY_LIMIT, _LIMIT = 80, 110, 4000
_REMEDIES = {
    Standing.FAILED: "Mend what AWS says (in another account its member role), or take the target out of "
    "`reaper.toml`. The next night tries again. More: `docs/operating.md`, The night.",
    Standing.UNFINISHED: "What was still being listed is too large for one night: divide it by `prefixes`.",
    Standing.UNANSWERED: "Where no sweep answered, look into the queue `tflock-sweeps-dead-<stage>` and into the log "
    "of `sweep_target`.",
}


def night(subject: str, summary: NightSummary) -> str:
    """Return the message about a night in which not every target was swept."""
    told = _alike(summary)
    named = _lines(told[:_TARGETS])
    if more := sum(len(targets) for _, targets in told[_TARGETS:]):
        named.append(f"• and {more} more: `sweep_failed` in the journal names each")
    found = {targets[0].standing for _, targets in told}
    remedies = [words for standing, words in _REMEDIES.items() if standing in found]
    head = (
        f":warning: *{capital(subject)}: {summary.failed} of {summary.targets} targets "
        f"{'was' if summary.failed == 1 else 'were'} not swept.* "
        "Nobody looked for new locks in them, so what is locked there may be unknown."
    )
    lines = [head, *named, *_accounts(summary), _rest(summary), *remedies, *_debris(summary)]
    return shortened("\n".join(lines), _LIMIT)


def _alike(summary: NightSummary) -> list[tuple[str, list[NotSwept]]]:
    """Return the targets that were not swept, by account and reason, so that one denied account is one line."""
    alike: dict[tuple[str, Standing, str], list[NotSwept]] = {}
    for account in summary.accounts:
        for one in account.not_swept:
            alike.setdefault((account.account, one.standing, one.why), []).append(one)
    return [(account, targets) for (account, _, _), targets in alike.items()]


def _lines(told: list[tuple[str, list[NotSwept]]]) -> list[str]:
    """Return a line for each reason. With few reasons there is room for the names of more targets."""
    spare, lines = _TARGETS - len(told), []
    for account, targets in told:
        names = 1 + min(spare, len(targets) - 1)
        spare -= names - 1
        lines.append(_line(account, targets, names))
    return lines


def _line(account: str, targets: list[NotSwept], names: int) -> str:
    first, more = targets[0], len(targets) - names
    named = ", ".join(code(one.target, _NAME_LIMIT) for one in targets[:names])
    named += f" and {more} more" if more else ""
    why = f": {code(first.why, _WHY_LIMIT)}" if first.why else ""
    return f"• {named} in account {code(account, _NAME_LIMIT)} {first.standing.value}{why}"


def _accounts(summary: NightSummary) -> list[str]:
    """Return what was swept in each account where something failed, if there are several accounts."""
    failed = [account for account in summary.accounts if account.not_swept]
    if len(summary.accounts) == 1:
        return []
    named = ", ".join(map(_account, failed[:_ACCOUNTS]))
    more = f" and {len(failed) - _ACCOUNTS} more accounts" if len(failed) > _ACCOUNTS else ""
    whole = len(summary.accounts) - len(failed)
    others = f"; all targets of {whole} other account{'' if whole == 1 else 's'}" if whole else ""
    return [f"Swept: {named}{more}{others}."]


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
    count = "1 lock was found" if locks == 1 else f"{locks} locks were found"
    held = f"{count} (`/tflocks all` lists those that are held now)" if locks else "no lock was found"
    were = "1 target that was" if swept == 1 else f"{swept} targets that were"
    return f"In the {were} swept, {held}."
