"""Judge what a bucket tells: whether it is all, to whom, and for how long; pure."""

from collections.abc import Iterator
from itertools import combinations

from chalicelib.core.doctor.finding import Finding, Fix, green, grey, red, yellow
from chalicelib.core.doctor.wiring.case import Case, Way
from chalicelib.core.doctor.wiring.checks import NOTIFICATION, SHADOW, TERRAFORM, TWICE
from chalicelib.core.doctor.wiring.events import BY_TERRAFORM, Told, in_words
from chalicelib.core.doctor.wiring.fixes import IN_TERRAFORM, in_terraform, tell
from chalicelib.core.doctor.wiring.routes import narrowed
from chalicelib.core.doctor.wiring.ways import Heard, for_a_reaper, relevant
from chalicelib.core.notifications.difference import difference
from chalicelib.core.notifications.hcl import terraforms


def notification(case: Case, found: Heard) -> Finding:
    """Return whether the bucket tells the reaper of all that happens to its locks."""
    missing = case.needed - found.told
    if not missing:
        return green(NOTIFICATION.id, case.subject, f"it tells the queue by {_ways(found)}", data=_data(case))
    if missing <= found.unsure:
        rules = ", ".join(sorted(way.through for way in found.ways if way.unsure))
        return grey(NOTIFICATION.id, case.subject, f"whether the rule {rules} matches its events cannot be judged")
    colour = red if any(event in BY_TERRAFORM for _, event in missing) else yellow
    return colour(
        NOTIFICATION.id,
        case.subject,
        _untold(case, found, missing),
        tell(case, found),
        details=_told(case),
        data=_data(case),
    )


def shadow(case: Case, found: Heard) -> Finding:
    """Return whether somebody else's notification keeps the reaper's out."""
    if not found.others:
        return green(SHADOW.id, case.subject, "no other notification is about its locks")
    theirs = ", ".join(f"{one.get('Id') or 'one without an Id'} -> {one['Arn']}" for one in found.others)
    if case.needed <= found.told:
        return green(
            SHADOW.id,
            case.subject,
            f"another notification has its locks ({theirs}); the reaper hears of them by {_ways(found)}",
        )
    seen = f"another notification has its locks ({theirs}), and S3 refuses a second one for the same keys and events"
    return red(SHADOW.id, case.subject, seen, tell(case, found))


def twice(case: Case, found: Heard) -> Finding:
    """Return whether the same event comes in two ways."""
    working = [way for way in found.ways if not way.is_off]
    pairs = [pair for pair in combinations(working, 2) if pair[0].told & pair[1].told]
    if not pairs:
        return green(TWICE.id, case.subject, "no event comes twice")
    first, second = pairs[0]
    seen = f"the same events come by {first.called} and by {second.called}"
    return yellow(TWICE.id, case.subject, seen, _once(case, first, second))


def terraform(case: Case) -> Finding:
    """Return whether Terraform's next apply would remove the reaper's notification."""
    named = terraforms(case.notifications)
    apart = [(entry, arn) for entry, arn in relevant(case) if _stands_apart(case, str(entry.get("Id", "")), arn)]
    if not named or not apart:
        seen = (
            f"Terraform manages the notifications (Id {named})"
            if named
            else "nothing shows that Terraform manages them"
        )
        return green(TERRAFORM.id, case.subject, seen)
    entry, arn = apart[0]
    fix = Fix(
        do="Put the reaper's notification into the `aws_s3_bucket_notification` of the bucket, which has to have all "
        f"others too, and apply it. Its id {IN_TERRAFORM} tells the doctor that it is there.",
        hcl=in_terraform(case, arn),
    )
    seen = f"Terraform manages others of its notifications (Id {named}), and its next apply may remove {entry['Id']}"
    return yellow(TERRAFORM.id, case.subject, seen, fix)


def _stands_apart(case: Case, id_: str, arn: str) -> bool:
    """Return whether a notification is for the reaper, and its Id is neither Terraform's nor says that it is there."""
    if arn != case.queue and not for_a_reaper({"Id": id_}, arn):
        return False
    return not id_.startswith(("tf-s3-", IN_TERRAFORM))


def _once(case: Case, first: Way, second: Way) -> Fix:
    rule = second.rule or first.rule
    if rule is None:
        return Fix(do=f"Take the bucket's `.tflock` notification to {second.through} away: the queue is told already.")
    why = "" if first.rule else ", which tells who took a lock"
    return Fix(
        do=f"Keep {first.called}{why}, and have the rule {rule.name} leave this bucket out.",
        cli=narrowed(case, rule),
    )


def _ways(found: Heard) -> str:
    return " and ".join(way.called for way in found.ways)


def _untold(case: Case, found: Heard, missing: frozenset[Told]) -> str:
    others = sorted({arn for entry, arn in relevant(case) if for_a_reaper(entry, arn) and arn != case.queue})
    if found.ways:
        return f"by {_ways(found)} it does not tell of {in_words(missing)}"
    if others:
        return f"it tells {', '.join(others)} of its locks, and not the queue of this reaper, {case.queue}"
    also = (
        ", though it tells EventBridge, where no rule sends all of them to the reaper" if case.tells_eventbridge else ""
    )
    return f"it does not tell the reaper of its locks{also}"


def _told(case: Case) -> tuple[str, ...]:
    return tuple(_lines(case)) or ("it tells nobody of anything",)


def _lines(case: Case) -> Iterator[str]:
    yield from (line.words.strip() for line in difference(case.notifications, case.notifications))


def _data(case: Case) -> dict[str, object]:
    return {"queue": case.queue, "told": list(_told(case))}
