"""``make audit``: ask OSV for known vulnerabilities of all that is pinned. Needs the internet.

https://google.github.io/osv.dev/post-v1-querybatch/. No answer is no good news: what could not be looked up, or only in
part, ends with 2. The first question is for a version that is known to be vulnerable: a service that does not know that
one says nothing about the others.
"""

import http.client
import json
import sys
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from deploy.supply.pinned import FILES, read

FOUND, COULD_NOT_LOOK = 1, 2
ACCEPTED: dict[str, str] = {}
"""Vulnerabilities that do not concern us, by their IDs, each with the reason."""
_SERVICE = "https://api.osv.dev/v1/querybatch"
_KNOWN = ("jinja2", "2.4.1")
"""Vulnerable for ever: the example in OSV's own documentation."""
_SECONDS = 30
_MOST_ROUNDS = 20
Version = tuple[str, str]
"""A package's name and version."""
Ask = Callable[[bytes], bytes]


class CouldNotLookError(RuntimeError):
    """Why nothing is known of the pinned versions."""


class Finding(NamedTuple):
    """A version that has vulnerabilities."""

    version: Version
    ids: list[str]


def audit(versions: Iterable[Version], ask: Ask) -> list[Finding]:
    """Return the versions with known vulnerabilities. ``ask`` takes a question to the service, and returns its answer.

    Raises:
        CouldNotLookError: the service did not answer, or not to everything.
    """
    wanted = sorted(set(versions))
    if not wanted:
        raise CouldNotLookError("no version is pinned, so there was nothing to look up")
    known, *found = _looked_up([_KNOWN, *wanted], ask)
    if not known:
        raise CouldNotLookError(
            f"the service knows nothing of {_KNOWN[0]} {_KNOWN[1]}, which is vulnerable; so its answer proves nothing"
        )
    return [Finding(version, ids) for version, ids in zip(wanted, found, strict=True) if ids]


def _looked_up(versions: list[Version], ask: Ask) -> list[list[str]]:
    """Return the IDs for each version, in order; long answers come in parts."""
    found: list[list[str]] = [[] for _ in versions]
    tokens = dict.fromkeys(range(len(versions)), "")
    for _ in range(_MOST_ROUNDS):
        results = _results(_asked([(versions[place], token) for place, token in tokens.items()], ask), len(tokens))
        for place, result in zip(tokens, results, strict=True):
            found[place] += _ids(result)
        pairs = zip(tokens, results, strict=True)
        tokens = {place: result["next_page_token"] for place, result in pairs if result.get("next_page_token")}
        if not tokens:
            return found
    raise CouldNotLookError(f"the service's answer has no end after {_MOST_ROUNDS} parts")


def _asked(questions: list[tuple[Version, str]], ask: Ask) -> Any:
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version} | ({"page_token": token} if token else {})
        for (name, version), token in questions
    ]
    try:
        return json.loads(ask(json.dumps({"queries": queries}).encode()))
    except ValueError as error:
        raise CouldNotLookError(f"the service's answer is no JSON ({error})") from error


def _results(answer: Any, expected: int) -> list[Mapping[str, Any]]:
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or not all(isinstance(one, dict) for one in results):
        raise CouldNotLookError("the service's answer has no list of results")
    if len(results) != expected:
        raise CouldNotLookError(f"the service answered {len(results)} of {expected} questions")
    return results


def _ids(result: Mapping[str, Any]) -> list[str]:
    try:
        return [str(one["id"]) for one in result.get("vulns", [])]
    except (TypeError, KeyError) as error:
        raise CouldNotLookError("the service's answer has vulnerabilities without an ID") from error


def ask_osv(question: bytes) -> bytes:
    """Ask the service.

    Raises:
        CouldNotLookError: with what stood in the way.
    """
    request = urllib.request.Request(_SERVICE, question, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - https
            return bytes(answer.read())
    except (OSError, http.client.HTTPException) as error:
        raise CouldNotLookError(f"the service could not be asked ({error})") from error


def main(ask: Ask = ask_osv, accepted: Mapping[str, str] = ACCEPTED) -> int:
    """Look up all that is pinned, and say what is known of it."""
    files: dict[Version, list[str]] = {}
    for file in FILES:
        for one in read(file):
            files.setdefault((one.name, one.version), []).append(file.name)
    try:
        found = audit(files, ask)
    except CouldNotLookError as error:
        print(f"vulnerabilities: NOT LOOKED UP: {error}. Try again where the internet is.", file=sys.stderr)
        return COULD_NOT_LOOK
    lines = [_line(one, files[one.version], accepted) for one in found if set(one.ids) - accepted.keys()]
    print("".join(f"{line}\n" for line in lines), end="", file=sys.stderr)
    print(f"vulnerabilities: {len(files)} versions looked up, {len(lines)} with known ones{_remark(found, accepted)}")
    return FOUND if lines else 0


def _line(finding: Finding, files: list[str], accepted: Mapping[str, str]) -> str:
    name, version = finding.version
    ids = ", ".join(f"{one} (https://osv.dev/vulnerability/{one})" for one in finding.ids if one not in accepted)
    return f"{name} {version} ({', '.join(dict.fromkeys(files))}): {ids}"


def _remark(found: list[Finding], accepted: Mapping[str, str]) -> str:
    """Tell what was accepted, and what was and is found no more."""
    ids = {one for finding in found for one in finding.ids}
    kept = [f"; accepted: {one} ({accepted[one]})" for one in sorted(ids & accepted.keys())]
    return "".join(kept + [f"; accepted, but found no more: {one}" for one in sorted(accepted.keys() - ids)])


if __name__ == "__main__":
    sys.exit(main())
