"""The methods of the Web API about the app itself, users and user groups."""

from demo.slack_standin.arguments import Arguments, Methods, Response, required
from demo.slack_standin.model import SlackError, User, Workspace


class People:
    """``auth.test``, ``users.*`` and ``usergroups.users.list`` of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def methods(self) -> Methods:
        """The methods by name."""
        return {
            "auth.test": self._auth_test,
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
            "is_enterprise_install": False,
        }

    def _group_members(self, arguments: Arguments) -> Response:
        return {"users": list(self._workspace.user_group(required(arguments, "usergroup")).members)}

    def _users_info(self, arguments: Arguments) -> Response:
        return {"user": self._user_json(self._workspace.user(arguments.get("user")))}

    def _lookup_by_email(self, arguments: Arguments) -> Response:
        """Only of the workspace's own people: a guest's address belongs to another workspace."""
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
            "deleted": False,
            "is_bot": user.id == self._workspace.bot_user_id,
            "tz": "Etc/UTC",
        }
        return {"id": user.id, "team_id": user.team_id, **about, "profile": profile}
