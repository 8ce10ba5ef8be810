"""Judge Lambda's mappings: whether a function is called with what is in a queue or a stream; pure."""

from shlex import quote

import msgspec

from chalicelib.core.doctor.finding import Fix
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.pasted.shell import aws

_ON = {"Enabled", "Enabling", "Creating", "Updating"}
_PROBLEM = "PROBLEM"


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping of a queue or stream to a function (``EventSourceMappingConfiguration``)."""

    uuid: str
    source: str
    """The ARN of the queue or stream."""
    state: str
    result: str = ""
    """What Lambda says of the last time that it read it."""
    reason: str = ""

    @property
    def is_on(self) -> bool:
        """Return whether Lambda reads by it."""
        return self.state in _ON

    @property
    def is_broken(self) -> bool:
        """Return whether Lambda could not read, or its function failed, the last time."""
        return is_broken(self.result)


def is_broken(result: str) -> bool:
    """Return whether Lambda's word on its last reading (``LastProcessingResult``) is that it was in vain."""
    return result.startswith(_PROBLEM) or result == "FAILED"


def enabled(parts: Parts, mapping: Mapping) -> Fix:
    """Return how a mapping is switched on."""
    return Fix(
        do="Switch Lambda's mapping on again; what waits is then recorded.",
        cli=aws("lambda", "update-event-source-mapping", region=parts.region, uuid=mapping.uuid, enabled=True),
    )


def in_words(mapping: Mapping) -> str:
    """Return the state of a mapping that is not on, and who or what switched it off as far as Lambda says it."""
    return f"{mapping.state}{f' ({mapping.reason})' if mapping.reason else ''}"


def last_errors(parts: Parts) -> Fix:
    """Return how somebody finds out why a function fails."""
    group = parts.outputs.get("LogGroupName", "")
    return Fix(
        do="Read the function's last errors and mend what they name; Lambda tries again by itself.",
        cli=aws("logs", f"tail {quote(group)}", region=parts.region, since="1h", filter_pattern="ERROR"),
    )
