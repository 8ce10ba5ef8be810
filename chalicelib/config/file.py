"""Read ``reaper.toml`` into a checked ``Config``, and report all mistakes of the file at once."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from chalicelib.checked_rules import Config
from chalicelib.config import amounts, names
from chalicelib.config.accounts import read_member
from chalicelib.config.discoveries import read_discoveries
from chalicelib.config.policy_keys import read_policy
from chalicelib.config.routes import ANY, read_routes
from chalicelib.config.targets import read_targets
from chalicelib.config.toml_table import MISSING, Problems, Table
from chalicelib.core.duration import in_words
from chalicelib.core.policy import Route, Rules

_BOM = "\ufeff"
"""What editors on Windows put before UTF-8 text; TOML 1.1 has readers pass over it."""
_SLACK_API = "https://slack.com/api/"
_DIGEST_OVER, _UNDO = 5, timedelta(minutes=10)
# A delayed message in SQS ends the offer, and the longest DelaySeconds is 15 minutes
# (docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
_LONGEST_DELAY = timedelta(minutes=15)


class ConfigError(ValueError):
    """A configuration with mistakes. ``problems`` has a line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(path: Path) -> Config:
    """Read and check a configuration file.

    Raises:
        ConfigError: has all mistakes of the file, each with the key, the value and what was expected.
    """
    try:
        return parse(path.read_bytes().decode(), path.name)
    except OSError as error:
        raise ConfigError(
            [f"{path}: cannot be read ({error.strerror}); copy reaper.example.toml to start from"]
        ) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: is not UTF-8 text"]) from None


def parse(text: str, name: str = "the configuration") -> Config:
    """Check the text of a configuration; raises ``ConfigError`` like ``load``."""
    try:
        return _checked(_document(text.removeprefix(_BOM), name))
    except RecursionError:
        raise ConfigError([f"{name}: has tables or lists in one another that are too deep to read"]) from None


def _checked(document: dict[str, Any]) -> Config:
    problems = Problems()
    config = _read(Table(document, "", problems))
    if problems.found:
        raise ConfigError(problems.found)
    return config


def _document(text: str, name: str) -> dict[str, Any]:
    try:
        text.encode()
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{name} is not TOML. {error}"]) from None
    except UnicodeEncodeError:
        raise ConfigError([f"{name}: is not UTF-8 text"]) from None
    except ValueError:  # Python's limit, sys.set_int_max_str_digits
        raise ConfigError([f"{name}: has a number of more than 4,300 digits"]) from None


def _read(root: Table) -> Config:
    slack = root.table("slack")
    app, api = names.slack_id(slack, "app_id", "A"), names.api_url(slack, "api_url", _SLACK_API)
    team = names.slack_id(slack, "team_id", "T")
    enterprise = names.slack_id(slack, "enterprise_id", "E") if "enterprise_id" in slack else ""
    default = read_policy(slack, root.table("thresholds"))
    digest_over, undo = amounts.count(slack, "digest_over", _DIGEST_OVER), _undo(slack)
    weekly = names.one_of(slack, "doctor", ("weekly", "never"), "never") == "weekly"
    slack.done()
    member = read_member(root.table("accounts"))
    discoveries = read_discoveries(root.tables("discover"), member, root.problems)
    some = "at least one [[targets]] or [[discover]]" if root.get("discover") in (MISSING, []) else ""
    named = root.tables("targets", required=some)
    targets = read_targets(named, root.problems, member)
    routes = read_routes(root.tables("routes"), default, targets, all_named=not discoveries)
    root.done()
    rules = Rules(
        team=team,
        enterprise=enterprise,
        trouble_channel=default.channel,
        targets=targets,
        discoveries=discoveries,
        routes=(*routes, Route(ANY, default)),
        digest_over=digest_over,
        undo=undo,
        weekly_look=weekly,
        member=member,
    )
    return Config(app, api, rules)


def _undo(slack: Table) -> timedelta:
    expected = f'a duration up to {in_words(_LONGEST_DELAY)}, or "never"'
    return amounts.duration_or_never(slack, "undo", expected, _UNDO, _LONGEST_DELAY) or timedelta(0)
