"""Check a query against the journal, with just enough of the query language of CloudWatch Logs Insights.

docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import re

from chalicelib.core.audit.line import JournalLine

COMMANDS = {"fields", "display", "filter", "parse", "sort", "stats", "limit", "dedup"}
# docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html, and of stats; no round.
FUNCTIONS = {"ispresent", "coalesce", "strcontains", "floor", "count_distinct", "max", "latest"}
_WORDS = {"as", "and", "or", "not", "in", "by", "asc", "desc"}
_SYSTEM = {"@timestamp", "@message"}


def commands_of(query: str) -> list[str]:
    """Return the commands, in their order."""
    return [step.split()[0] for step in _steps(query)]


def unknown_fields(query: str) -> set[str]:
    """Return what a query names that is neither a field of the journal nor made earlier in the query."""
    known = set(JournalLine.__struct_fields__) | _SYSTEM
    unknown = set()
    for step in _steps(query):
        command, _, rest = step.partition(" ")
        made = set(re.findall(r"\bas (\w+)", rest))
        names = set(re.findall(r"(?<![\w.])[@A-Za-z_][\w]*", re.sub(r"\bas \w+", "", rest)))
        calls = set(re.findall(r"(\w+)\(", rest))
        unknown |= {command} - COMMANDS
        unknown |= calls - FUNCTIONS
        unknown |= names - calls - _WORDS - known
        known |= made
    return unknown


def _steps(query: str) -> list[str]:
    """Remove comments and quoted texts."""
    bare = "\n".join(line for line in query.splitlines() if not line.lstrip().startswith("#"))
    return [step.strip() for step in re.sub(r'"[^"]*"', "0", bare).split("|")]
