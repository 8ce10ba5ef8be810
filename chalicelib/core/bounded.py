"""Cut what is too long for a line of the journal, and say so."""

import json

LONGEST = 8_000
"""Bytes of one text as JSON in ASCII. With all of its texts this long a line has 200 KB; CloudWatch Logs takes 256 KB.

docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
"""
_BYTES_OF_A_CHARACTER = 12
"""At most, as two escapes: a character outside of the basic plane."""


def bounded(text: str) -> str:
    """Return a text as it is, or its beginning and how long it was."""
    if len(text) * _BYTES_OF_A_CHARACTER <= LONGEST:
        return text
    written = 0
    for place, character in enumerate(text):
        written += len(json.dumps(character)) - 2
        if written > LONGEST:
            return f"{text[:place]} … (cut here, of {len(text)} characters)"
    return text
