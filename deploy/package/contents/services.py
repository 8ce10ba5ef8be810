"""botocore's descriptions of AWS's services: only of those that are called, and without what only people read.

A client reads the whole description of its service when it is made. With the prose, as compressed JSON, and with the
endpoints of 400 services beside it, that is a fifth of what a first click costs.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

EXAMINED = {"cloudformation", "cloudtrail", "cloudwatch", "events", "iam", "kms", "lambda", "logs", "s3control", "sns"}
"""The services that only the weekly look calls."""
CALLED = {"dynamodb", "organizations", "resourcegroupstaggingapi", "s3", "sqs", "ssm", "sts"}
SERVICES = frozenset(CALLED | EXAMINED)
"""The services that the application calls. botocore describes 400 more, which would be four fifths of the zip."""
_FOLDER = PurePosixPath("botocore/data")
_ENDPOINTS = str(_FOLDER / "endpoints.json")
_OPERATIONS = "service-2.json"
_EXAMPLES = "examples-1.json"
Json = Any


def lean(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the packages with the descriptions as the application needs them."""
    kept = {name: content for name, content in files.items() if not _is_described(name)}
    described = {name.removesuffix(".gz"): _read(name, files[name]) for name in _of_services(files)}
    if _ENDPOINTS in kept:
        kept[_ENDPOINTS] = _write(_endpoints(json.loads(kept[_ENDPOINTS]), _prefixes(described)))
    return kept | {name: _write(content) for name, content in described.items()}


def without_prose(description: Json) -> Json:
    """Return a description with empty documentation: botocore reads some of it when it makes a call.

    A member that has that name is a table, and stays.
    """
    if isinstance(description, dict):
        return {key: "" if _is_prose(key, value) else without_prose(value) for key, value in description.items()}
    return [*map(without_prose, description)] if isinstance(description, list) else description


def _is_prose(key: str, value: Json) -> bool:
    return key == "documentation" and isinstance(value, str)


def _is_described(name: str) -> bool:
    """Return whether a file is in the folder of one service."""
    return PurePosixPath(name).is_relative_to(_FOLDER) and len(PurePosixPath(name).parts) > len(_FOLDER.parts) + 1


def _of_services(files: Iterable[str]) -> Iterator[str]:
    """Give the files that describe the newest version of each service that is called."""
    described = [(PurePosixPath(name), name) for name in files if _is_described(name)]
    newest: dict[str, str] = {}
    for path, _ in described:
        service, version = path.parts[2:4]
        newest[service] = max(newest.get(service, ""), version)
    for path, name in described:
        service, version = path.parts[2:4]
        if service in SERVICES and version == newest[service] and path.name != _EXAMPLES:
            yield name


def _read(name: str, content: bytes) -> Json:
    read = json.loads(gzip.decompress(content) if name.endswith(".gz") else content)
    return without_prose(read) if PurePosixPath(name).name.startswith(_OPERATIONS) else read


def _prefixes(described: Mapping[str, Json]) -> set[str]:
    """Return the names by which the list of endpoints knows these services."""
    return {one["metadata"]["endpointPrefix"] for name, one in described.items() if name.endswith(_OPERATIONS)}


def _endpoints(endpoints: Json, prefixes: set[str]) -> Json:
    """Return the list of endpoints with only these services in each partition."""
    for partition in endpoints["partitions"]:
        partition["services"] = {name: one for name, one in partition["services"].items() if name in prefixes}
    return endpoints


def _write(content: Json) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()
