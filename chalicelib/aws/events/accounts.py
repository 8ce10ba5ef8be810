"""Compare the account that an event names with that of its bucket; pure."""

from chalicelib.core.locks.place import Place
from chalicelib.core.policy import Rules


def foreign(place: Place, account: str, rules: Rules) -> str:
    """Return why an event is not believed; "": it is. EventBridge writes the sender's account into each event.

    So who may send to the reaper's bus from one account cannot tell of the buckets of another
    (docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html).
    """
    if not rules.covers(place) or account == rules.account_of(place).id:
        return ""
    told, known = f"the bucket {place.container} in account {account[:100]!r}", rules.account_of(place).called
    return (
        f"EventBridge tells of {told}, but it is a target in {known}: not recorded. Either reaper.toml has a wrong "
        "account, or somebody made the event up"
    )
