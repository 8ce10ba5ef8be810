"""Judge the bot token: whether Slack takes it, whose it is, and what it may do."""

from collections.abc import Iterator

from chalicelib.core.doctor.finding import Finding, Fix, green, grey, red, yellow
from chalicelib.core.doctor.slack.checks import APP, SCOPES, TOKEN
from chalicelib.core.doctor.slack.facts import Refused, Token
from chalicelib.core.policy import Rules

_STORE = "store its Bot User OAuth Token (xoxb-...) with `make secrets STAGE=<your stage>`"
_WHERE = "at api.slack.com/apps, in the settings of the app {app}, on the page OAuth & Permissions"
_READ = "users:read"
_EMAIL = "users:read.email"
_GROUPS = "usergroups:read"
_OPTIONAL = {
    "commands": "/tflocks",
    "channels:history": "a message whose answer was lost may come twice",
    "groups:history": "likewise in private channels",
}
"""What the app does without, and what that costs (``slack-manifest.yaml`` says it at each scope)."""


def subject_of(rules: Rules) -> str:
    """Return what the report calls the workspace."""
    return f"workspace {rules.team}"


def token_judged(told: Token | Refused, rules: Rules, app: str) -> Finding:
    """Return whether the token is alive, a bot's, and of the workspace (or organisation) that the rules name."""
    subject = subject_of(rules)
    if isinstance(told, Refused):
        again = f"Install the app again ({_WHERE.format(app=app)}), and {_STORE}."
        return red(TOKEN, subject, f"Slack does not take the bot token: {told.said}", Fix(do=again))
    if not told.bot:
        person = f"the token is not a bot's but that of {told.user or 'a person'}"
        return red(
            TOKEN, subject, person, Fix(do=f"Open the page of the app ({_WHERE.format(app=app)}), and {_STORE}.")
        )
    if wrong := _elsewhere(told, rules):
        return red(TOKEN, subject, wrong, _home_fix(told))
    return green(TOKEN, subject, f"Slack takes the token of @{told.user}")


def _elsewhere(told: Token, rules: Rules) -> str:
    """Return how the token's home differs from the rules'; "": it does not."""
    if told.org_wide:
        if told.enterprise == rules.enterprise:
            return ""
        return f"the token is of the organisation {told.enterprise}; reaper.toml has {rules.enterprise or 'none'}"
    if told.team != rules.team:
        return f"the token is of the workspace {told.team}; team_id in reaper.toml is {rules.team}"
    if rules.enterprise and told.enterprise != rules.enterprise:
        return f"the workspace is of the organisation {told.enterprise or '(none)'}; reaper.toml has {rules.enterprise}"
    return ""


def _home_fix(told: Token) -> Fix:
    key = f'enterprise_id = "{told.enterprise}"' if told.org_wide or told.enterprise else f'team_id = "{told.team}"'
    return Fix(
        do=f"If the token is the right one, set {key} under [slack] in reaper.toml and run `make deploy`; else "
        f"install the app in the workspace that reaper.toml names, and {_STORE}."
    )


def app_judged(app: str, rules: Rules, named: str) -> Finding:
    """Return whether the token is of the app that ``app_id`` names; ``app`` is what Slack says, "" if nothing."""
    subject = subject_of(rules)
    if app == named:
        return green(APP, subject, f"the token is of the app {app}")
    if not app:
        return grey(APP, subject, "Slack does not say which app the bot belongs to")
    fix = Fix(
        do=f'If {app} is the reaper\'s app, set app_id = "{app}" under [slack] in reaper.toml, run `make secrets` with '
        f"the signing secret of that app, and `make deploy`; else {_STORE} of the app {named}."
    )
    return red(APP, subject, f"the token is of the app {app}; app_id in reaper.toml is {named}", fix)


def scopes_judged(told: Token, rules: Rules, app: str) -> Iterator[Finding]:
    """Yield whether the token has the scopes that the configuration needs."""
    subject = subject_of(rules)
    if not told.scopes:
        yield grey(SCOPES, subject, "Slack's answer names no scopes (a proxy may have taken that header away)")
        return
    vital, useful = _vital(rules), _useful(rules)
    missing = {scope: why for scope, why in (vital | useful).items() if scope not in told.scopes}
    if not missing:
        yield green(SCOPES, subject, f"all scopes that reaper.toml needs{_left_out(told)}")
        return
    judge = red if missing.keys() & vital.keys() else yellow
    seen = "; ".join(f"{scope} is missing: {why}" for scope, why in missing.items())
    yield judge(SCOPES, subject, seen, _scopes_fix(missing, app), data={"missing": sorted(missing)})


def _scopes_fix(missing: dict[str, str], app: str) -> Fix:
    return Fix(
        do=f"Add {', '.join(missing)} to the Bot Token Scopes {_WHERE.format(app=app)}, and click Reinstall on that "
        f"page. If it then shows another token, {_STORE}."
    )


def _left_out(told: Token) -> str:
    left = [f"{scope} ({cost})" for scope, cost in _OPTIONAL.items() if scope not in told.scopes]
    return f"; left out: {', '.join(left)}" if left else ""


def scopes_not_needed(rules: Rules) -> frozenset[str]:
    """Return the scopes of ``slack-manifest.yaml`` that nothing in the configuration needs."""
    return frozenset({_READ, _EMAIL, _GROUPS}) - _vital(rules).keys() - _useful(rules).keys()


def _vital(rules: Rules) -> dict[str, str]:
    """Return the scopes without which alerts or releases fail, each with what fails."""
    vital = {"chat:write": "no message can be posted"}
    if rules.groups:
        vital[_GROUPS] = "nobody of a user group in releasers may release"
    if rules.enterprise:
        vital[_READ] = "colleagues from other workspaces of the organisation are refused"
    return vital


def _useful(rules: Rules) -> dict[str, str]:
    if not any(route.policy.owner_emails for route in rules.routes):
        return {}
    found = "owner_emails finds nobody"
    return {_READ: found, _EMAIL: found}
