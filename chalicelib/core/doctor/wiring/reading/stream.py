"""Judge the stream of a lock table, and whether Lambda reads this very stream; pure."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from chalicelib.core.doctor.finding import Finding, Fix, green, red, yellow
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.pasted.shell import aws
from chalicelib.core.doctor.wiring.checks import MAPPING, STREAM
from chalicelib.core.doctor.wiring.reading.mapping import Mapping, enabled, in_words, last_errors

FUNCTION = "TableChanged"
VIEW = "NEW_AND_OLD_IMAGES"
_ADDS = (
    "a stream is optional: with one the journal has each acquire and release with AWS's clock; without one the reaper "
    "looks at the table every 15 minutes and does not see locks that come and go in between"
)
_NONE = "no stream is expected: reaper.toml names none"


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A lock table, its stream as it is now, and the one that the rules name."""

    name: str
    region: str
    parts: Parts
    expected: str
    """The ARN that the rules have; "": none."""
    arn: str = ""
    """The ARN of the table's stream, also of one that is off by now; "": it never had one."""
    view: str = ""
    """"": the stream is off."""

    @property
    def subject(self) -> str:
        """Return the table as the report calls it."""
        return f"table {self.name}"

    @property
    def is_well(self) -> bool:
        """Return whether the stream that the rules name is on and has locks in it."""
        return self.view == VIEW and self.arn == self.expected


def judge_stream(table: Table) -> Finding:
    """Return whether the table's stream is the one that the rules name, and is on with the right view."""
    if not table.expected:
        on = f"its stream is on ({table.view}), and reaper.toml does not name it" if table.view else "it has no stream"
        return green(STREAM.id, table.subject, on, details=(_ADDS,))
    if not table.view:
        return red(STREAM.id, table.subject, f"its stream {table.expected} is off", _switched_on(table))
    if table.view != VIEW:
        seen = f"its stream has the view {table.view}, in which there is no lock before and after; it takes {VIEW}"
        return red(STREAM.id, table.subject, seen, _off_and_on(table))
    if table.arn != table.expected:
        seen = f"its stream is {table.arn}, and the rules have {table.expected}, which is silent for ever"
        return red(STREAM.id, table.subject, seen, _named(table, table.arn))
    return green(STREAM.id, table.subject, f"its stream is on, and is the one that the rules have ({table.arn})")


def judge_mapping(table: Table, mappings: Sequence[Mapping]) -> Iterator[Finding]:
    """Yield whether Lambda reads the stream, and each mapping that reads a stream that is no more."""
    own = [one for one in mappings if one.source.split("/stream/")[0].endswith(f":table/{table.name}")]
    if table.expected:
        yield _read(table, [one for one in own if one.source == table.expected])
    else:
        yield green(MAPPING.id, table.subject, _NONE)
    yield from _stale(table, (one for one in own if one.source not in {table.expected, table.arn}))


def _read(table: Table, mappings: Sequence[Mapping]) -> Finding:
    parts = table.parts
    if not mappings:
        seen = f"no mapping of Lambda reads {table.expected}"
        return red(MAPPING.id, table.subject, seen, _mapped(table) if table.is_well else _see_stream())
    if not any(one.is_on for one in mappings):
        seen = f"Lambda's mapping of the stream is {in_words(mappings[0])}"
        return red(MAPPING.id, table.subject, seen, enabled(parts, mappings[0]))
    if not table.is_well:
        seen = f"Lambda's mapping is on and hears nothing: the stream that it has is not the table's now ({STREAM.id})"
        return red(MAPPING.id, table.subject, seen, _see_stream())
    if broken := [one for one in mappings if one.is_broken]:
        return red(MAPPING.id, table.subject, f"Lambda reads in vain: {broken[0].result}", last_errors(parts))
    return green(MAPPING.id, table.subject, "Lambda reads the stream")


def _stale(table: Table, mappings: Iterable[Mapping]) -> Iterator[Finding]:
    for one in mappings:
        fix = Fix(
            do="Delete Lambda's mapping of the stream that is no more.",
            cli=aws("lambda", "delete-event-source-mapping", region=table.parts.region, uuid=one.uuid),
        )
        yield yellow(MAPPING.id, table.subject, f"Lambda still has a mapping of {one.source}", fix)


def _see_stream() -> Fix:
    return Fix(do=f"Mend the stream as the line `{STREAM.id}` says; `make deploy` then makes the right mapping.")


def _named(table: Table, arn: str) -> Fix:
    return Fix(
        do=f'In reaper.toml, put `stream = "{arn}"` into the `[[targets]]` of {_called(table)}, and {_deploy(table)}: '
        "that makes the mapping of this stream, and removes the old one."
    )


def _switched_on(table: Table) -> Fix:
    return Fix(
        do="Switch the stream on. Its ARN is a new one, which the last command prints: put it into reaper.toml as the "
        f"`stream` of {_called(table)}, and {_deploy(table)}. Or take the line `stream` out, if nobody wants one.",
        cli="\n".join([_switch(table, on=True), _print_arn(table)]),
        hcl=_hcl(table),
    )


def _off_and_on(table: Table) -> Fix:
    ready = aws("dynamodb", "wait table-exists", region=table.region, table_name=table.name)
    return Fix(
        do="A stream's view cannot be changed: switch the stream off, and on again with the right one. Other "
        "readers need its new ARN too. Put the ARN that the last command prints into reaper.toml as the `stream` of "
        f"{_called(table)}, and {_deploy(table)}.",
        cli="\n".join([_switch(table, on=False), ready, _switch(table, on=True), _print_arn(table)]),
        hcl=_hcl(table),
    )


def _called(table: Table) -> str:
    return f'`table = "{table.name}"`'


def _deploy(table: Table) -> str:
    return f"`make deploy STAGE={table.parts.stage}` with all else as the last time"


def _switch(table: Table, *, on: bool) -> str:
    wanted = {"StreamEnabled": True, "StreamViewType": VIEW} if on else {"StreamEnabled": False}
    return aws("dynamodb", "update-table", region=table.region, table_name=table.name, stream_specification=wanted)


def _print_arn(table: Table) -> str:
    asked = aws("dynamodb", "describe-table", region=table.region, table_name=table.name, query="Table.LatestStreamArn")
    return f"{asked} --output text"


def _hcl(table: Table) -> str:
    return (
        f"# Into the resource of the table {table.name}; without these lines its next apply switches the stream off.\n"
        f'  stream_enabled   = true\n  stream_view_type = "{VIEW}"\n'
    )


def _mapped(table: Table) -> Fix:
    """Return how the mapping is made as ``deploy/package/streams.py`` makes it."""
    parts = table.parts
    dead = parts.arn("sqs", f"tflock-streams-dead-{parts.stage}")
    return Fix(
        do=f"Have Lambda call {parts.functions[FUNCTION]} with what the stream tells, as the stack does.",
        cli=aws(
            "lambda",
            "create-event-source-mapping",
            region=parts.region,
            function_name=parts.functions[FUNCTION],
            event_source_arn=table.expected,
            starting_position="TRIM_HORIZON",
            batch_size="100",
            maximum_batching_window_in_seconds="1",
            maximum_record_age_in_seconds="3600",
            bisect_batch_on_function_error=True,
            destination_config={"OnFailure": {"Destination": dead}},
        ),
    )
