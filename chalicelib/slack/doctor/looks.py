"""The looks at the Slack app, for the command and for the weekly look."""

from collections.abc import Callable, Iterable

from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.slack import app, checks, named, who
from chalicelib.core.doctor.slack.places import channels_judged
from chalicelib.core.policy import Rules
from chalicelib.ports.doctor import Look, NotAllowedError, NotKnownError
from chalicelib.slack.doctor.once import Once
from chalicelib.slack.doctor.reader import SlackReader
from chalicelib.slack.installation import Installation

MOST_PEOPLE = 60
"""Most people who are looked for. Slack is asked for one at a time, and takes 100 a minute."""


def slack_looks(token: Callable[[], str], installation: Installation, rules: Rules) -> dict[str, Look]:
    """Return the looks at the Slack app, by check. ``token`` returns the bot token, or raises MessengerError."""
    looks = _SlackLooks(SlackReader(token, installation), installation, rules)
    return {
        checks.TOKEN: looks.token,
        checks.APP: looks.app,
        checks.SCOPES: looks.scopes,
        checks.CHANNELS: looks.channels,
        checks.GROUPS: looks.groups,
        checks.PEOPLE: looks.people,
        checks.RELEASERS: looks.releasers,
    }


class _SlackLooks:
    def __init__(self, slack: SlackReader, installation: Installation, rules: Rules) -> None:
        self._slack = slack
        self._app = installation.app
        self._rules = rules
        self._groups = Once(lambda: slack.groups(named.groups(rules)))
        self._people = Once(lambda: slack.people(list(named.people(rules))[:MOST_PEOPLE]))

    def token(self) -> Iterable[Finding]:
        yield app.token_judged(self._slack.token(), self._rules, self._app)

    def app(self) -> Iterable[Finding]:
        yield app.app_judged(self._slack.app(), self._rules, self._app)

    def scopes(self) -> Iterable[Finding]:
        return app.scopes_judged(self._slack.alive, self._rules, self._app)

    def channels(self) -> Iterable[Finding]:
        found = self._slack.channels(named.channels(self._rules))
        return channels_judged(found, self._slack.alive, self._rules)

    def groups(self) -> Iterable[Finding]:
        return who.groups_judged(self._groups(), self._rules)

    def people(self) -> Iterable[Finding]:
        unseen = len(named.people(self._rules)) - len(self._people())
        return who.people_judged(self._people(), self._rules, unseen)

    def releasers(self) -> Iterable[Finding]:
        """Judge by whatever could be looked at: one group with people in it is enough."""
        _ = self._slack.alive
        troubles: dict[str, str] = {}
        lacking = ""
        for part in (self._groups, self._people):
            try:
                troubles |= {one.id: one.trouble for one in part()}
            except NotAllowedError as error:
                lacking = error.right
            except NotKnownError:
                continue
        return who.releasers_judged(troubles, self._rules, lacking)
