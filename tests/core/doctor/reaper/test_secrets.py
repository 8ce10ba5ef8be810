"""A secret that Slack would not take is told without a character of it."""

import msgspec
import pytest

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.reaper.secrets import SIGNING, TOKEN, Secret, judge_secrets
from tests.aws.doctor.reaper.deployed import PARTS

GOOD = {TOKEN: "xoxb-12345-67890-AbCdEf", SIGNING: "0123456789abcdef0123456789abcdef"}


def a_secret(what: str, value: str, kind: str | None = "SecureString") -> Secret:
    return Secret(what=what, parameter=f"/tflock-reaper/prod/{what.replace(' ', '-')}", kind=kind, value=value)


def test_secrets_of_the_right_shape_are_green() -> None:
    [one] = judge_secrets("reaper", [a_secret(what, value) for what, value in GOOD.items()], PARTS)
    assert one.colour is Colour.GREEN


@pytest.mark.parametrize(
    ("secret", "colour", "said"),
    [
        (a_secret(TOKEN, "", None), Colour.RED, "is missing: nobody can be told anything"),
        (a_secret(SIGNING, "", None), Colour.RED, "is missing: every click is turned away"),
        (a_secret(TOKEN, "xoxp-secret-1"), Colour.RED, "is a user's token"),
        (a_secret(TOKEN, "xapp-secret-1"), Colour.RED, "is an app-level token"),
        (a_secret(TOKEN, "xoxe.xoxp-secret-1"), Colour.RED, "a token of the app's configuration"),
        (a_secret(TOKEN, "secret"), Colour.RED, "does not have the shape"),
        (a_secret(TOKEN, " \n"), Colour.RED, "is empty"),
        (a_secret(TOKEN, f"{GOOD[TOKEN]}\n"), Colour.RED, "white space"),
        (a_secret(SIGNING, "xoxb-secret-1"), Colour.RED, "is a bot token"),
        (a_secret(SIGNING, GOOD[SIGNING].upper()), Colour.RED, "does not have the shape"),
        (a_secret(SIGNING, GOOD[SIGNING], "String"), Colour.YELLOW, "not encrypted"),
    ],
)
def test_a_flaw_of_a_secret_is_told(secret: Secret, colour: Colour, said: str) -> None:
    [one] = judge_secrets("reaper", [secret], PARTS)
    assert one.colour is colour
    assert said in one.seen
    assert one.fix


@pytest.mark.parametrize("value", [*GOOD.values(), "xoxp-S3CR3T", "S3CR3T-S3CR3T\n", "xoxb-S3CR3T!"])
@pytest.mark.parametrize("what", [TOKEN, SIGNING])
@pytest.mark.parametrize("kind", ["String", "SecureString"])
def test_no_finding_has_a_part_of_a_secret(what: str, value: str, kind: str) -> None:
    secret = a_secret(what, value, kind)
    for one in judge_secrets("reaper", [secret], PARTS):
        assert value.strip()[5:] not in msgspec.json.encode(one).decode()
    assert value.strip() not in repr(secret)


def test_a_secret_of_another_name_is_stored_by_a_command_that_no_shell_remembers() -> None:
    [one] = judge_secrets("reaper", [Secret(what=TOKEN, parameter="/our own/token", kind=None)], PARTS)
    assert one.fix
    assert "'/our own/token'" in one.fix.cli
    assert one.fix.cli.endswith('--value "$(cat)"')
