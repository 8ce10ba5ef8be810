"""Give each stream of a lock table one of the places that the template has for streams.

CloudFormation cannot repeat a resource, and the template is the same for everybody, so it has a fixed number of places:
parameters ``TableStream1``, ``TableStream2`` and so on, empty for none.
"""

import hashlib

from chalicelib.checked_rules import Config
from chalicelib.config.file import ConfigError
from chalicelib.core.locks.place import Kind

PLACES = 32


def parameter(place: int) -> str:
    """Return the name of the parameter of a place; the first is 1."""
    return f"TableStream{place}"


def streams_of(config: Config) -> list[str]:
    """Return the ARNs of all streams, each once, in an order that is not that of the file."""
    return sorted({target.stream for target in config.targets_of(Kind.DYNAMODB) if target.stream})


def problems(config: Config, region: str) -> list[str]:
    """Return a line for each stream that a stack in this region cannot read; ``*`` is a region that is not known."""
    return [
        f"the stream {stream} is not in {region}, where the stack is, and Lambda reads no stream of another region; "
        "leave the stream out, or deploy a stack there"
        for stream in streams_of(config)
        if region not in {"*", stream.split(":")[3]}
    ]


def parameters(config: Config) -> dict[str, str]:
    """Return the parameters of all places.

    A stream's place follows from its ARN, so that others that come and go leave it where it is: Lambda takes no second
    mapping of a stream, and CloudFormation makes the new mappings before it deletes the old ones.

    Raises:
        ConfigError: there are more streams than places.
    """
    streams = streams_of(config)
    if len(streams) > PLACES:
        raise ConfigError([f"targets: {len(streams)} streams of lock tables, and a stack takes {PLACES}; deploy two"])
    places = dict.fromkeys(range(1, PLACES + 1), "")
    for stream in streams:
        first = int(hashlib.sha256(stream.encode()).hexdigest(), 16) % PLACES
        free = next(n for i in range(PLACES) if not places[n := (first + i) % PLACES + 1])
        places[free] = stream
    return {parameter(place): stream for place, stream in places.items()}
