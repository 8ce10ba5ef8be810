"""Test the file that carries the checked rules to the functions."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.checked_rules import FORMAT, CheckedRulesError, decode, encode, load
from chalicelib.config.file import parse
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import Kind
from tests.config.test_file import EXAMPLE, LEAST, with_every_comment

EVERY_KEY = Path(__file__).with_name("every_key.toml")
RECORDED = EVERY_KEY.with_suffix(f".format-{FORMAT}.json")
AGAIN = "run `make deploy` with the reaper.toml of this installation"


def texts() -> list[str]:
    example = EXAMPLE.read_text(encoding="utf-8")
    return [LEAST, example, with_every_comment(example), EVERY_KEY.read_text(encoding="utf-8")]


@pytest.mark.parametrize("text", texts(), ids=["least", "example", "example with all comments", "every key"])
def test_the_functions_read_what_the_configuration_says(text: str) -> None:
    assert decode(encode(parse(text))) == parse(text)


def test_a_change_of_the_format_is_a_new_format() -> None:
    """Where this fails, the form of the file has changed: raise FORMAT (from the first release on), and record it.

    RECORDED.write_bytes(encode(parse(EVERY_KEY.read_text())))
    """
    config = parse(EVERY_KEY.read_text(encoding="utf-8"))
    assert encode(config) == RECORDED.read_bytes()
    assert decode(RECORDED.read_bytes()) == config


def test_the_recorded_file_has_every_key_with_another_value_than_its_default() -> None:
    least, every = encode(parse(LEAST)), encode(parse(EVERY_KEY.read_text(encoding="utf-8")))
    kept = [flat(least).items() & flat(every, target).items() for target in range(len(Kind))]
    told_by_aws = {"targets.account.name", "member.name", "member.id"}
    same = {key for key, _ in set.intersection(*map(set, kept))}
    assert same == {"format", *(f"config.rules.{key}" for key in told_by_aws)}


def test_the_recorded_file_has_every_key_of_a_target_rule() -> None:
    default = Discovery(kind=Kind.S3, names=())
    for name in Discovery.__struct_fields__:
        said = [getattr(rule, name) for rule in parse(EVERY_KEY.read_text(encoding="utf-8")).rules.discoveries]
        assert any(value != getattr(default, name) for value in said)


def flat(written: bytes, target: int = 0) -> dict[str, object]:
    """Return the values of a file by dotted keys; of all routes only the default one, and only one of the targets."""
    document = json.loads(written)
    rules = document["config"]["rules"]
    del rules["home"], rules["home_region"], rules["all_known"]  # known only where the stack is
    rules["routes"], rules["targets"] = rules["routes"][-1]["policy"], rules["targets"][target]
    return {key: repr(value) for key, value in _flat(document, "")}


def _flat(value: object, path: str) -> list[tuple[str, object]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [pair for key, below in inner for pair in _flat(below, f"{path}.{key}")] or [(path[1:], value)]


def of_format(version: int) -> bytes:
    return encode(parse(LEAST)).replace(b'"format": %d' % FORMAT, b'"format": %d' % version)


def changed_rules(change: str) -> bytes:
    """Return the least file with one text of it replaced."""
    old, _, new = change.partition(" => ")
    written = encode(parse(LEAST)).decode()
    assert old in written
    return written.replace(old, new).encode()


@pytest.mark.parametrize("kept", [0, 1, 20, 400, -3])
def test_a_file_that_was_cut_off_is_refused_with_what_to_do(kept: int) -> None:
    with pytest.raises(CheckedRulesError, match=rf"not a whole file of checked rules .*{AGAIN}"):
        decode(encode(parse(LEAST))[:kept])


@pytest.mark.parametrize("written", [b"[]", b"5", b"\xff\xfe", b'{"\xff": 1}', b'{"format": "1"}', b"{}", b"[slack]\n"])
def test_a_file_of_something_else_is_refused_with_what_to_do(written: bytes) -> None:
    with pytest.raises(CheckedRulesError, match=AGAIN):
        decode(written)


@pytest.mark.parametrize("version", [FORMAT + 1, 0, -1])
def test_a_file_of_another_format_is_refused_with_the_one_that_fits(version: int) -> None:
    with pytest.raises(CheckedRulesError, match=f"has format {version}, and this code reads format {FORMAT}.*{AGAIN}"):
        decode(of_format(version))


def test_a_later_format_is_recognised_whatever_else_it_changed() -> None:
    with pytest.raises(CheckedRulesError, match="has format 9, and this code reads"):
        decode(b'{"format": 9, "layers": [], "config": "elsewhere"}')


@pytest.mark.parametrize(
    "change",
    [
        '"second_person": false => "second_person": false, "third_person": true',  # would be ignored
        '"second_person": false => "second_persons": false',  # would be the default
        '"owner_emails": false, => ',
        '"team": "T0DEMO", => ',
        '"team": "T0DEMO" => "team": 5',
        '"PT2700S" => "45m"',
        '"PT2700S" => "PT45M"',
        '"plan" => "plans"',
        '"digest_over": 5 => "digest_over": "5"',
        '"config" => "configuration"',
        '"slack_app": "A0DEMO", => ',
        "  => ",  # by whatever else wrote it, perhaps in another order: of two owners the first counts
    ],
)
def test_a_file_that_was_not_written_by_this_code_is_refused_with_what_to_do(change: str) -> None:
    with pytest.raises(CheckedRulesError, match=f"does not fit .*{AGAIN}"):
        decode(changed_rules(change))


def test_a_missing_or_unfit_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    with pytest.raises(CheckedRulesError, match=rf"{re.escape(str(file))} cannot be read .*{AGAIN}"):
        load(file)
    file.write_bytes(of_format(FORMAT + 1))
    with pytest.raises(CheckedRulesError, match=f"{re.escape(str(file))} has format {FORMAT + 1}"):
        load(file)


def test_a_function_starts_and_reads_its_rules_without_the_reader_of_reaper_toml(tmp_path: Path) -> None:
    (tmp_path / "rules.json").write_bytes(encode(parse(LEAST)))
    read = "import sys, app; from chalicelib import wiring; wiring.config()"
    script = f"{read}; print('chalicelib.config' in sys.modules)"
    named = os.environ | {"RULES_FILE": str(tmp_path / "rules.json")}
    started = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], cwd=EXAMPLE.parent, env=named, capture_output=True, check=True
    )
    assert started.stdout.splitlines()[-1] == b"False"
