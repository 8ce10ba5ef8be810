"""Tell whether a request is for this app: installed in one workspace, or for an Enterprise Grid organisation."""

import msgspec


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """The origin of a request, as Slack tells it; "" for what Slack leaves out."""

    app: str
    team: str
    """The workspace. Slack names none when the app is installed for a whole organisation."""
    enterprise: str = ""
    """The organisation."""
    home: str = ""
    """The home workspace of the person who clicked. They may have clicked in another one."""

    def __str__(self) -> str:
        of = f" of organisation {self.enterprise}" if self.enterprise else ""
        return f"team {self.team or self.home or 'none'}{of}, app {self.app}"


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """The installation that ``reaper.toml`` names: app, workspace, organisation if there is one, and Slack's API."""

    app: str
    team: str
    enterprise: str = ""
    api_url: str = "https://slack.com/api/"

    def concerns(self, sender: Sender) -> bool:
        """Return whether a request is for this app. A job that can ask Slack decides later who may do what."""
        return sender.app == self.app and self._is_ours(sender)

    def _is_ours(self, sender: Sender) -> bool:
        if self.enterprise and sender.enterprise == self.enterprise:
            return True
        if sender.team:
            return sender.team == self.team
        # Here the app is installed for an organisation, and the rules name none or another one.
        return sender.home == self.team and not (self.enterprise and sender.enterprise)
