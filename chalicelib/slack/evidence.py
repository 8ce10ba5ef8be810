"""The evidence in plain words: what the time of the last write proves, and no more."""

from chalicelib.core.alert import Alert
from chalicelib.core.duration import in_words
from chalicelib.core.evidence import Sign, sign_of
from chalicelib.core.lock import StateLock
from chalicelib.slack import doubts
from chalicelib.slack.text import local_time

# The verdict first: it is what a person in a hurry reads.
_WORDS = {
    Sign.UNKNOWN: "*No evidence:* S3 did not say when the state was last written.",
    Sign.NO_STATE: "*No evidence:* there is no state object; this run has written none, or has removed it.",
    Sign.SAME_SECOND: "*Little evidence:* the state was written {when}, in the second the lock was {taken}, "
    "and not since, for {quiet}.",
    Sign.ALIVE_THEN: "*Alive {quiet} ago:* the state was written {when}, {apart} after the lock was {taken}.",
    Sign.WENT_SILENT: "*Probably died half-way:* the state was written {when}, {apart} after the lock was {taken}, "
    "then nothing for {quiet}. It may be behind reality, so run a plan after the release.",
    Sign.BY_ANOTHER: "*No evidence of this run:* the state was written {when}, after the lock was {taken}, but a plan "
    "never writes. Somebody else did, in spite of the lock.",
    Sign.SAYS_NOTHING: "*No evidence:* a plan never writes the state, which was last written {when}.",
    Sign.NO_PROOF: "*No sign of life, and no proof of death:* the state was last written {when}, "
    "before the lock was {taken}.",
}

_MIGRATION = "`init -migrate-state` holds two locks, at the old and at the new location, while it waits for a *yes*"
# Seen with real Terraform, but for the slow resource and the migration (command/meta_backend_migrate.go).
_LONG_HOLDS = {
    "OperationTypePlan": "a plan holds its lock while it waits at its prompt for a missing variable",
    "OperationTypeApply": "an apply holds its lock while it waits for a *yes*, and one slow resource (a database, "
    "a cluster) can take an hour",
    "OperationTypeInvalid": "`terraform console` holds its lock for its whole session",
    "migration source state": _MIGRATION,
    "migration destination state": _MIGRATION,
}


def evidence(alert: Alert) -> str:
    """When the state was written, beside when the lock was taken, or put back, which S3 cannot tell apart."""
    if none := doubts.evidence(alert):
        return none
    words = _WORDS[sign_of(alert.lock, alert.state_written, alert.now)]
    return f":mag: {words.format(**_times(alert))}"


def long_holds(lock: StateLock) -> str:
    """Why a run that is alive may hold such a lock for long; "" where no reason is known."""
    why = _LONG_HOLDS.get(lock.info.Operation) if lock.info else None
    return f"It may be alive: {why}." if why else ""


def _times(alert: Alert) -> dict[str, str]:
    written = alert.state_written.at if alert.state_written else None
    if written is None:
        return {}
    apart = abs(written - alert.lock.ref.last_modified)
    return {
        "when": local_time(written),
        "apart": in_words(apart),
        "quiet": in_words(alert.now - written),
        "taken": "put back" if alert.record.restored_by else "taken",
    }
