"""Answer the methods of the Web API about the app itself, users and user groups."""

from demo.slack_standin.arguments import Arguments, Methods, Response, flag, required
from demo.slack_standin.model import SlackError, User, UserGroup, Workspace


class People:
    """``auth.test``, ``bots.info``, ``users.*`` and ``usergroups.*`` of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def methods(self) -> Methods:
        """Return the methods by name."""
        return {
            "auth.test": self._auth_test,
            "bots.info": self._bots_info,
            "usergroups.list": self._groups,
            "usergroups.users.list": self._group_members,
            "users.info": self._users_info,
            "users.lookupByEmail": self._lookup_by_email,
        }

    def _auth_test(self, _arguments: Arguments) -> Response:
        of = self._workspace
        return {
            "url": f"https://{of.domain}.slack.com/",
            "team": of.name,
            "user": of.bot_name,
            "team_id": of.team_id,
            "user_id": of.bot_user_id,
            "bot_id": of.bot_id,
            "is_enterprise_install": of.org_wide,
        } | ({"enterprise_id": of.enterprise_id} if of.enterprise_id else {})

    def _group_members(self, arguments: Arguments) -> Response:
        """Return the members of a group. An organisation's token has to name the workspace.

        The error is the one reported for dnd.info in slack-go/slack issue 1157.
        """
        if self._workspace.org_wide and arguments.get("team_id") != self._workspace.team_id:
            raise SlackError("missing_argument", arg="team_id")
        return {"users": list(self._workspace.user_group(required(arguments, "usergroup")).members)}

    def _groups(self, arguments: Arguments) -> Response:
        """Return the user groups; the disabled ones only for whoever asks for them."""
        if self._workspace.org_wide and arguments.get("team_id") != self._workspace.team_id:
            raise SlackError("missing_argument", arg="team_id")
        every = flag(arguments, "include_disabled")
        shown = [group for group in self._workspace.user_groups if every or not group.disabled]
        return {"usergroups": [_group_json(group) for group in shown]}

    def _bots_info(self, arguments: Arguments) -> Response:
        """Return the app behind the bot's own id; there is no other bot here."""
        if arguments.get("bot") != self._workspace.bot_id:
            raise SlackError("bot_not_found")
        of = self._workspace
        told = {"id": of.bot_id, "deleted": False, "name": of.bot_name, "app_id": of.app_id, "user_id": of.bot_user_id}
        return {"bot": told}

    def _users_info(self, arguments: Arguments) -> Response:
        return {"user": self._user_json(self._workspace.user(arguments.get("user")))}

    def _lookup_by_email(self, arguments: Arguments) -> Response:
        """Look up one of the workspace's own people: a guest's address belongs to another workspace."""
        wanted = str(required(arguments, "email")).casefold()
        for user in self._workspace.users:
            if user.team_id == self._workspace.team_id and (user.email or "").casefold() == wanted:
                return {"user": self._user_json(user)}
        raise SlackError("users_not_found")

    def _user_json(self, user: User) -> Response:
        profile = {"real_name": user.name, "display_name": user.name, "title": user.title}
        if user.email and "users:read.email" in self._workspace.scopes:
            profile["email"] = user.email
        about = {
            "name": user.handle,
            "real_name": user.name,
            "deleted": user.deleted,
            "is_bot": user.id == self._workspace.bot_user_id,
            "tz": "Etc/UTC",
        }
        grid = {"enterprise_user": self._enterprise_user(user)} if user.enterprise_id else {}
        return {"id": user.id, "team_id": user.team_id, **about, "profile": profile, **grid}

    def _enterprise_user(self, user: User) -> Response:
        """Return what a user of an organisation has besides, as in looker/lookerbot issue 184."""
        return {
            "id": user.id,
            "enterprise_id": user.enterprise_id,
            "enterprise_name": self._workspace.name,
            "is_admin": False,
            "is_owner": False,
            "teams": [user.team_id],
        }


def _group_json(group: UserGroup) -> Response:
    return {
        "id": group.id,
        "is_usergroup": True,
        "handle": group.handle,
        "name": group.handle,
        "date_delete": 1763700000 if group.disabled else 0,
        "user_count": len(group.members),
    }
