"""Judge what keeps what the reaper knows: the log group of its journal, and the lock book's table."""

from datetime import timedelta
from shlex import join

import msgspec

from chalicelib.core.doctor.finding import Finding, Fix, green, red, yellow
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.duration import in_words

JOURNAL, BOOK, CLOCK = "reaper.journal", "reaper.lock-book", "reaper.clock"
EXPIRES = "ExpiresAt"
"""The attribute by which DynamoDB forgets items of the lock book."""
_SKEWED, _WRONG = timedelta(seconds=60), timedelta(seconds=300)
"""AWS refuses requests that are signed more than five minutes off (IAM's guide, Signature Version 4)."""


class LogGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The journal's log group as CloudWatch Logs has it."""

    there: bool = True
    days: int | None = None
    """How long it keeps lines; None: for ever."""
    key: str = ""
    """The ARN of the KMS key that encrypts it; "": the key of CloudWatch Logs."""
    key_state: str = ""
    """The state of that key; "": it is not known."""


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """The lock book's table as DynamoDB has it."""

    there: bool = True
    status: str = "ACTIVE"
    index: str = "ACTIVE"
    """The status of the index of held locks; "": it is gone."""
    forgets_by: str = ""
    """The attribute by which it forgets items; "": it forgets none."""


def judge_journal(subject: str, group: LogGroup, parts: Parts) -> Finding:
    """Return whether the journal is kept, as long as the stack says, under the key that the stack names."""
    name = parts.outputs["LogGroupName"]
    wanted = parts.parameters.get("LogRetentionDays", "")
    key = parts.parameters.get("LogKmsKeyArn", "")
    put = ["aws", "logs", "put-retention-policy", "--log-group-name", name, "--retention-in-days", wanted or "365"]
    if not group.there:
        create = join(["aws", "logs", "create-log-group", "--log-group-name", name])
        fix = Fix(do="Make the log group again; what it had is lost.", cli=f"{create}\n{join(put)}")
        return red(JOURNAL, subject, f"the log group {name} is gone: nothing is journaled", fix)
    if group.key_state and group.key_state != "Enabled":
        enabling = Fix(do="Switch the key on again.", cli=join(["aws", "kms", "enable-key", "--key-id", group.key]))
        seen = f"the KMS key of the log group is {group.key_state}: nothing can be journaled or read"
        return red(JOURNAL, subject, seen, enabling)
    if wanted and str(group.days) != wanted:
        kept = f"{group.days} days" if group.days else "for ever"
        seen = f"the journal is kept {kept}; the stack says {wanted} days"
        return yellow(JOURNAL, subject, seen, Fix(do="Have it kept for as long as the stack says.", cli=join(put)))
    if key and group.key != key:
        with_key = ["aws", "logs", "associate-kms-key", "--log-group-name", name, "--kms-key-id", key]
        seen = (
            f"the journal is not encrypted with the key that the stack names, but with {group.key or 'the default one'}"
        )
        return yellow(JOURNAL, subject, seen, Fix(do="Encrypt it with the stack's key.", cli=join(with_key)))
    return green(JOURNAL, subject, f"the journal is kept {wanted or group.days} days in {name}")


def judge_book(subject: str, book: Book, parts: Parts) -> Finding:
    """Return whether the lock book can be written, read by its index, and forgets what is over."""
    table = parts.outputs["LockBookTable"]
    show = join(["aws", "dynamodb", "describe-table", "--table-name", table])
    if not book.there or not book.index:
        what = "its index of held locks" if book.there else f"the table {table}"
        do = (
            "Make it again as .chalice/resources.yaml has it (LockBook). What it had is lost: the next night finds all "
            "held locks again, and some alerts are repeated."
        )
        return red(BOOK, subject, f"the lock book lost {what}", Fix(do=do, cli=show))
    if "ACTIVE" not in book.status or book.index != "ACTIVE":
        seen = f"the lock book's table is {book.status}, and its index {book.index}"
        return yellow(BOOK, subject, seen, Fix(do="Wait until both are ACTIVE; the command shows it.", cli=show))
    if book.forgets_by != EXPIRES:
        wanted = f"Enabled=true,AttributeName={EXPIRES}"
        words = [
            "aws",
            "dynamodb",
            "update-time-to-live",
            "--table-name",
            table,
            "--time-to-live-specification",
            wanted,
        ]
        seen = "the lock book forgets nothing: its time to live is off, so it grows for ever"
        return yellow(BOOK, subject, seen, Fix(do="Switch its time to live on.", cli=join(words)))
    return green(BOOK, subject, f"the lock book {table} is there, and forgets what is over")


def judge_clock(subject: str, ahead: timedelta) -> Finding:
    """Return whether the clock here agrees with AWS's; ``ahead`` is how much it is ahead."""
    off, way = abs(ahead), "ahead of" if ahead > timedelta() else "behind"
    if off <= _SKEWED:
        return green(CLOCK, subject, "the clock here agrees with AWS's to the minute")
    seen = f"the clock here is {in_words(off)} {way} AWS's"
    do = (
        "Set the clock of this machine by a time server (chrony, systemd-timesyncd, the time settings of the system): "
        "by it, the ages of locks in this report are wrong, and AWS refuses requests that are 5 minutes off."
    )
    return (red if off > _WRONG else yellow)(CLOCK, subject, seen, Fix(do=do))
