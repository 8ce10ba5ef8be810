"""Read Slack's two secrets, to see whether they are there and can be decrypted."""

from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.secrets import SECRETS, SIGNING, TOKEN, Secret, judge_secrets
from chalicelib.ports.doctor import Look

_PARAMETERS = {TOKEN: "SlackBotTokenParameter", SIGNING: "SlackSigningSecretParameter"}


def secret_looks(subject: str, parts: Parts, reach: Reach) -> dict[str, Look]:
    """Return the look at the secrets."""
    return {SECRETS: lambda: _look(subject, parts, reach)}


def _look(subject: str, parts: Parts, reach: Reach) -> list[Finding]:
    ssm = reach.client("ssm", "")
    secrets = [_read(ssm, what, parts.parameters.get(named, "")) for what, named in _PARAMETERS.items()]
    return judge_secrets(subject, secrets, parts)


def _read(ssm: Any, what: str, name: str) -> Secret:
    found = asked(
        "SSM",
        "ssm:GetParameter",
        lambda: ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"],
        {"ParameterNotFound": {"Type": None, "Value": ""}},
    )
    return Secret(what=what, parameter=name, kind=found["Type"], value=found["Value"])
