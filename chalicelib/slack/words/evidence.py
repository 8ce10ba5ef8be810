"""Put the evidence in plain words: what the time of the state's last write proves."""

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.alerts.evidence import Sign, sign_of
from chalicelib.core.duration import in_words
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.terraform.item import DIGEST_SUFFIX
from chalicelib.slack.words.parts.lock_words import began, is_in_path, state
from chalicelib.slack.words.parts.text import ago, code, exact, local_time

_PLACE_LIMIT = 600

# The verdict comes first, because a person in a hurry reads only that.
_WORDS = {
    Sign.UNKNOWN: "*No evidence:* S3 did not say when the state was last written.",
    Sign.ELSEWHERE: "*No evidence:* when {state} was last written is not known, because its bucket is no target in "
    "`reaper.toml`.",
    Sign.UNDATED: "*No evidence:* the state was last written {when}, before the lock was first seen, and nothing tells "
    "when that was taken.",
    Sign.NO_STATE: "*No evidence:* nothing is kept at {state}; this run has written no state, or has removed it.",
    Sign.PERHAPS_A_STATE: "*No evidence:* nothing is kept at {state}. What is kept at {key} may itself be a state.",
    Sign.NO_RUN: "*No evidence:* what is kept at {key} may itself be a state, so no run is known that could be alive.",
    Sign.SAME_SECOND: "*Little evidence:* the state was last written {when}, {ago}, in the second the lock was "
    "{taken}.",
    Sign.TWO_CLOCKS: "*Little evidence:* the state was last written {when}, {ago}, near the time at which the lock was "
    "taken. That time is by its machine's clock, so nobody can tell which came first.",
    Sign.ALIVE_THEN: "*Alive* {ago}: the state was written {when}, {apart} after the lock was {taken}.",
    Sign.WENT_SILENT: "*Probably died half-way:* the state was last written {when}, {apart} after the lock was "
    "{taken}; that was {ago}. It may be behind reality, so run a plan after the release.",
    Sign.PERHAPS_BY_IT: "*Little evidence:* the state was last written {when}, {ago}, after the lock was {taken}. If "
    "this is an import it was alive then; a `terraform console` never writes.",
    Sign.BY_ANOTHER: "*No evidence of this run:* the state was written {when}, after the lock was {taken}, but a plan "
    "never writes. Somebody else did, in spite of the lock.",
    Sign.NO_DIGEST: "*No evidence of this run:* the state was written {when}, after the lock was {taken}, but the "
    "table has no digest of it, which a run that locks there writes with the state. Somebody else wrote the state, in "
    "spite of the lock.",
    Sign.BY_EITHER: "*Little evidence:* the state was last written {when}, {ago}, after the lock was {taken}. Whether "
    "this run or the holder of the other lock wrote it cannot be told.",
    Sign.SAYS_NOTHING: "*No evidence:* a plan never writes the state, which was last written {when}.",
    Sign.NO_PROOF: "*No sign of life, and no proof of death:* the state was last written {when}, "
    "before the lock was {taken}.",
}

_WRITTEN_UNDER_TABLE = " Its digest is in the table, as after every write under that lock."
_NEVER_WRITTEN_UNDER_TABLE = (
    " The table has no digest of the state, which a run that locks there writes with it: this run has not written it."
)
_DIGEST_OF_NOTHING = (
    " But the table has a digest of it, so the next run will probably fail: `state data in S3 does not have the "
    "expected content`. If the state is meant to be gone, delete the digest, the item {digest}."
)

_MIGRATION = "`init -migrate-state` holds two locks, at the old and at the new location, while it waits for a *yes*"
# Seen with real Terraform, except the slow resource and the migration (command/meta_backend_migrate.go).
_LONG_HOLDS = {
    "OperationTypePlan": "a plan holds its lock while it waits at its prompt for a missing variable",
    "OperationTypeApply": "an apply holds its lock while it waits for a *yes*, and one slow resource (a database, "
    "a cluster) can take an hour",
    "OperationTypeInvalid": "it is an import or a `terraform console`, and a console holds its lock for its whole "
    "session",
    "migration source state": _MIGRATION,
    "migration destination state": _MIGRATION,
}


def evidence(alert: Alert) -> str:
    """Say when the state was written and when the lock was taken (or put back: AWS cannot tell these apart)."""
    ref = alert.lock.ref
    key = f"{ref.place.container}/{ref.place.key}" if is_in_path(ref.place) else ref.place.address
    words = _WORDS[sign_of(alert.page, alert.state_written, alert.now)]
    places = {
        "state": state(ref, _PLACE_LIMIT),
        "key": code(exact(key), _PLACE_LIMIT),
    }
    return f":mag: {words.format(**places, **_times(alert))}{_digest(alert)}"


def long_holds(lock: HeldLock) -> str:
    """Say why a live run may hold such a lock for long; "" if no reason is known."""
    why = _LONG_HOLDS.get(lock.info.Operation) if lock.info else None
    return f"It may be alive: {why}." if why else ""


def _digest(alert: Alert) -> str:
    """Say what the digest in the lock table means; "" if it means nothing, or nobody looked.

    Terraform writes the digest after each write of the state, and reads no state whose digest is another
    (internal/backend/remote-state/s3/client.go).
    """
    state = alert.state_written
    if state is None or state.digest is None or sign_of(alert.page, state, alert.now) is Sign.NO_DIGEST:
        return ""
    if state.at or state.elsewhere:
        return _WRITTEN_UNDER_TABLE if state.digest else _NEVER_WRITTEN_UNDER_TABLE
    item = code(exact(f"{alert.lock.ref.state_path}{DIGEST_SUFFIX}"), _PLACE_LIMIT)
    return _DIGEST_OF_NOTHING.format(digest=item) if state.digest else ""


def _times(alert: Alert) -> dict[str, str]:
    written = alert.state_written.at if alert.state_written else None
    if written is None:
        return {}
    return {
        "when": local_time(written),
        "ago": ago(written),
        "apart": in_words(abs(written - alert.page.held_since)),
        "taken": began(alert.page),
    }
