"""Test that nobody takes a look that failed for a clean one."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from deploy.supply.audit import ACCEPTED, COULD_NOT_LOOK, FOUND, CouldNotLookError, Finding, ask_osv, audit, main

OURS = [("boto3", "1.0"), ("urllib3", "2.0")]
# As OSV answers for jinja2 2.4.1, which is asked for first (google.github.io/osv.dev/post-v1-querybatch).
KNOWN = {"vulns": [{"id": "GHSA-462w-v97r-4m45", "modified": "2024-04-22T22:56:58Z"}]}


def says(*results: Any) -> Callable[[bytes], bytes]:
    return lambda _question: json.dumps({"results": list(results)}).encode()


def osv(vulnerable: Mapping[str, list[str]]) -> Callable[[bytes], bytes]:
    """A service that knows these packages, and jinja2 2.4.1."""

    def ids(asked: Mapping[str, Any]) -> list[str]:
        name, version = asked["package"]["name"], asked["version"]
        return ["GHSA-462w-v97r-4m45"] if (name, version) == ("jinja2", "2.4.1") else vulnerable.get(name, [])

    def answer(question: bytes) -> bytes:
        found = [[{"id": one} for one in ids(asked)] for asked in json.loads(question)["queries"]]
        return json.dumps({"results": [{"vulns": one} for one in found]}).encode()

    return answer


def test_nothing_known_is_nothing_found() -> None:
    assert audit(OURS, says(KNOWN, {}, {})) == []


def test_each_vulnerability_is_told_with_its_version() -> None:
    found = {"vulns": [{"id": "GHSA-1"}, {"id": "PYSEC-2"}]}
    assert audit(OURS, says(KNOWN, {}, found)) == [Finding(("urllib3", "2.0"), ["GHSA-1", "PYSEC-2"])]


def test_the_service_is_asked_for_each_version_by_its_name() -> None:
    asked: list[Any] = []

    def ask(question: bytes) -> bytes:
        asked.extend(json.loads(question)["queries"])
        return says(KNOWN, {}, {})(question)

    audit(OURS, ask)
    assert asked[1:] == [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in OURS]


def test_an_answer_in_parts_is_read_to_its_end() -> None:
    parts = [says(KNOWN, {"vulns": [{"id": "A"}], "next_page_token": "more"}, {}), says({"vulns": [{"id": "B"}]})]

    def ask(question: bytes) -> bytes:
        return parts.pop(0)(question)

    assert audit(OURS, ask) == [Finding(("boto3", "1.0"), ["A", "B"])]
    assert parts == []


def test_an_answer_without_an_end_is_no_answer() -> None:
    def ask(question: bytes) -> bytes:
        asked = len(json.loads(question)["queries"])
        return says(*[{"next_page_token": "more"}] * asked)(question)

    with pytest.raises(CouldNotLookError, match="no end"):
        audit(OURS, ask)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "no JSON"),
        (b"<html>Bad gateway</html>", "no JSON"),
        (b"\xff", "no JSON"),
        (b"null", "no list of results"),
        (b"{}", "no list of results"),
        (b'{"results": {}}', "no list of results"),
        (b'{"results": [null, null, null]}', "no list of results"),
        (b'{"results": []}', "answered 0 of 3 questions"),
        (json.dumps({"results": [KNOWN, {}]}).encode(), "answered 2 of 3 questions"),
        (json.dumps({"results": [{}, {}, {}]}).encode(), "knows nothing of jinja2 2.4.1"),
        (json.dumps({"results": [KNOWN, {"vulns": [{}]}, {}]}).encode(), "without an ID"),
        (json.dumps({"results": [KNOWN, {"vulns": None}, {}]}).encode(), "without an ID"),
    ],
)
def test_an_answer_that_is_not_one_to_all_questions_is_no_good_news(answer: bytes, words: str) -> None:
    with pytest.raises(CouldNotLookError, match=words):
        audit(OURS, lambda _question: answer)


def test_looking_nothing_up_is_no_good_news() -> None:
    with pytest.raises(CouldNotLookError, match="no version is pinned"):
        audit([], says(KNOWN))


def test_a_service_that_cannot_be_asked_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing listens on port 9 of this machine, and urllib takes the proxy from the environment.
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(CouldNotLookError, match="could not be asked"):
        ask_osv(b"{}")


def test_a_clean_look_says_how_much_was_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(osv({}), {}) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "versions looked up, 0 with known ones\n" in said.out
    assert int(said.out.split()[1]) > 50


def test_what_is_found_ends_with_1_and_names_version_file_and_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(osv({"pytest": ["GHSA-1"], "boto3": ["GHSA-2"]}), {}) == FOUND
    said = capsys.readouterr().err
    assert "(requirements.txt, requirements-deploy.txt, requirements-dev.txt): GHSA-2 (https://osv.dev/" in said
    assert "(requirements-dev.txt): GHSA-1" in said


def test_what_could_not_be_looked_up_ends_with_2_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(lambda _question: b"", {}) == COULD_NOT_LOOK
    assert "NOT LOOKED UP" in capsys.readouterr().err


def test_what_was_accepted_is_told_with_its_reason_and_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(osv({"boto3": ["GHSA-2"]}), {"GHSA-2": "we never call that", "GHSA-3": "gone"}) == 0
    said = capsys.readouterr().out
    assert "accepted: GHSA-2 (we never call that)" in said
    assert "found no more: GHSA-3" in said


def test_each_accepted_vulnerability_has_its_reason() -> None:
    assert all(ACCEPTED.values())
