"""Judge Slack's two secrets. What they are never leaves this module: findings tell only what is wrong with them."""

import re
from collections.abc import Sequence
from shlex import join, quote

import msgspec

from chalicelib.core.doctor.finding import Finding, Fix, green, red, yellow
from chalicelib.core.doctor.parts import Parts

SECRETS = "reaper.secrets"
TOKEN, SIGNING = "bot token", "signing secret"
_ENCRYPTED = "SecureString"
_OTHER_TOKENS = {
    "xoxp-": "a user's token",
    "xoxe": "a token of the app's configuration",
    "xapp-": "an app-level token",
    "xoxa-": "a legacy token",
    "xoxr-": "a refresh token",
}
_SHAPES = {TOKEN: re.compile(r"xoxb-[A-Za-z0-9-]{5,}"), SIGNING: re.compile(r"[0-9a-f]{32}")}
_WANTED = {
    TOKEN: "a bot token begins with xoxb- (OAuth & Permissions in the settings of the Slack app)",
    SIGNING: "a signing secret has 32 hexadecimal digits (Basic Information, App Credentials, of the Slack app)",
}


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """One secret as SSM has it."""

    what: str
    """TOKEN or SIGNING."""
    parameter: str
    kind: str | None
    """The type of the parameter; None: there is no such parameter."""
    value: str = ""

    def __repr__(self) -> str:
        """Keep the value out of logs and messages of errors."""
        return f"Secret({self.what}, {self.parameter})"


def judge_secrets(subject: str, secrets: Sequence[Secret], parts: Parts) -> list[Finding]:
    """Return a finding for each secret that Slack's requests or the reaper's words would fail on, or one for all."""
    found = [one for secret in secrets if (one := _judged(subject, secret, parts))]
    names = ", ".join(secret.parameter for secret in secrets)
    return found or [green(SECRETS, subject, f"both can be decrypted and have the shape of Slack's secrets: {names}")]


def _judged(subject: str, secret: Secret, parts: Parts) -> Finding | None:
    if secret.kind is None:
        return red(SECRETS, subject, f"the {secret.what} is missing: {_harm(secret)}", _fix(secret, parts))
    if flaw := _flaw(secret):
        return red(
            SECRETS, subject, f"the {secret.what} in {secret.parameter} {flaw}: {_harm(secret)}", _fix(secret, parts)
        )
    if secret.kind != _ENCRYPTED:
        seen = f"the {secret.what} in {secret.parameter} is a {secret.kind}, so it is not encrypted"
        return yellow(SECRETS, subject, seen, _fix(secret, parts, anew=True))
    return None


def _flaw(secret: Secret) -> str:
    """Return what is wrong with a value, without a character of it."""
    if _SHAPES[secret.what].fullmatch(secret.value):
        return ""
    if _SHAPES[secret.what].fullmatch(secret.value.strip()):
        return "has white space around it"
    if not secret.value.strip():
        return "is empty"
    kinds = (kind for begin, kind in _OTHER_TOKENS.items() if secret.value.startswith(begin))
    other = next(kinds, "a bot token" if secret.what == SIGNING and secret.value.startswith("xoxb-") else "")
    return f"is {other}" if other else "does not have the shape of one"


def _harm(secret: Secret) -> str:
    return "nobody can be told anything" if secret.what == TOKEN else "every click is turned away"


def _fix(secret: Secret, parts: Parts, *, anew: bool = False) -> Fix:
    """Return how to store a secret. It is typed at a prompt, so that no shell remembers it."""
    first = "Delete the parameter, because SSM does not change its type. " if anew else ""
    do = f"{first}Run the command and paste the {secret.what} at its prompt: {_WANTED[secret.what]}."
    removing = [join(["aws", "ssm", "delete-parameter", "--name", secret.parameter])] if anew else []
    own = f"/tflock-reaper/{parts.stage}/"
    put = ["aws", "ssm", "put-parameter", "--name", secret.parameter, "--type", _ENCRYPTED, "--overwrite", "--value"]
    typed = f"make secrets STAGE={quote(parts.stage)}" if secret.parameter.startswith(own) else f'{join(put)} "$(cat)"'
    return Fix(do=do, cli="\n".join([*removing, typed]))
