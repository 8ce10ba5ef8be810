"""Tell in a line of the journal in which account and region its lock, or its target, is."""

import msgspec

from chalicelib.core.audit.line import JournalLine
from chalicelib.core.locks.place import Place
from chalicelib.core.policy import Rules


def located(line: JournalLine, place: Place, rules: Rules) -> JournalLine:
    """Return a line about a place with the account and the region of that place, as far as they are known."""
    location = rules.locations.of(place)
    return msgspec.structs.replace(
        line,
        lock_account=location.account.id,
        lock_account_name=location.account.name,
        lock_region=location.region,
    )
