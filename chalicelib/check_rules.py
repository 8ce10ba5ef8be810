"""The function that checks a ``reaper.toml`` before a stack is made from it, for people without Python.

It is in the code of every release and has a small stack of its own (``deploy/check-rules.yaml``). It calls nothing.
"""

import base64
from typing import Any, Literal, Protocol

import msgspec

from chalicelib import first_line
from chalicelib.checked_rules import Config
from chalicelib.config.file import ConfigError, parse
from chalicelib.stack.installation import Installation, as_cloudformation_takes_them, checked
from chalicelib.stack.parameters import Home

_FILE = "reaper.toml"

first_line.write()


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked: the text of the file in one of two forms, and which answer is wanted."""

    config: str = ""
    config_base64: str = ""
    """For a shell, which cannot put any text into JSON."""
    stage: str = "prod"
    given: dict[str, str] = {}
    """The parameters of the stack that people chose."""
    answer: Literal["all", "parameters", "rules_layer", "rules_key"] = "all"


class Context(Protocol):
    """What Lambda tells a function of itself."""

    invoked_function_arn: str


class QuestionError(ValueError):
    """A question that cannot be answered; the text says why."""


def handler(event: dict[str, Any], context: Context) -> Any:
    """Return what the configuration gives a stack in this function's account and region.

    The answer ``all`` has all mistakes in ``errors``. Each of the others is one thing, in the form that the AWS CLI
    takes; with these, mistakes are an error of the function.

    Raises:
        QuestionError: the event is not a ``Question``.
        ConfigError: the configuration has mistakes, and the answer has no place for them.
    """
    question = _read(event)
    try:
        installed = checked(lambda: _read_rules(question), question.stage, _home(context), question.given)
    except ConfigError as error:
        if question.answer == "all":
            return {"errors": error.problems, "remarks": [], "parameters": {}, "rules_layer": ""}
        raise
    return _answers(installed)[question.answer]


def _answers(installed: Installation) -> dict[str, Any]:
    """Return the answers by their names."""
    layer = base64.b64encode(installed.rules).decode()
    parameters = installed.parameters
    whole = {"errors": [], "remarks": installed.remarks, "parameters": parameters, "rules_layer": layer}
    return {
        "all": whole,
        "parameters": as_cloudformation_takes_them(parameters),
        "rules_layer": layer,
        "rules_key": parameters["RulesKey"],
    }


def _read(event: dict[str, Any]) -> Question:
    try:
        return msgspec.convert(event, Question)
    except msgspec.ValidationError as error:
        raise QuestionError(f"this event is no question about a reaper.toml: {error}") from None


def _read_rules(question: Question) -> Config:
    """Read the configuration that a question has."""
    if not question.config_base64:
        return parse(question.config, _FILE)
    try:
        text = base64.b64decode(question.config_base64, validate=True).decode("utf-8")
    except ValueError:  # binascii.Error and UnicodeDecodeError among them
        raise ConfigError(["config_base64 is not UTF-8 text, in base64 on one line"]) from None
    return parse(text, _FILE)


def _home(context: Context) -> Home:
    """Return where this function is, which is where the stack will be."""
    _, partition, _, region, account, *_ = context.invoked_function_arn.split(":")
    return Home(partition, region, account)
