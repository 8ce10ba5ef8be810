"""Answer a call of the Web API, of any method: token, scope, arranged failures, the log. HTTP is elsewhere.

https://docs.slack.dev/apis/web-api; the methods themselves are in ``chat``, ``conversations`` and ``people``.
"""

from dataclasses import dataclass

from demo.slack_standin.arguments import Arguments, Methods, Response, decoded
from demo.slack_standin.board import Board
from demo.slack_standin.chat import Chat
from demo.slack_standin.conversations import Conversations
from demo.slack_standin.failures import Refusal, Refusals, Throttle
from demo.slack_standin.model import Call, SlackError, Workspace
from demo.slack_standin.people import People

# As Slack documents each method. The scope to read a conversation depends on its kind: ``conversations`` checks it.
_SCOPES = {
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "bots.info": "users:read",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "users.lookupByEmail": "users:read.email",
}


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP; status 0 means no answer at all."""

    status: int
    response: Response
    retry_after: int | None = None


class WebApi:
    """The Web API of one workspace. ``call`` is the only way in; ``log`` has every call."""

    def __init__(self, workspace: Workspace, board: Board, throttle: Throttle) -> None:
        self.refusals = Refusals()
        self.log: list[Call] = []
        self._workspace = workspace
        self._board = board
        parts = (Chat(workspace, board, throttle), Conversations(workspace, board), People(workspace))
        self._methods: Methods = {name: method for part in parts for name, method in part.methods().items()}

    def call(self, method: str, token: str | None, raw: Arguments) -> Answer:
        """Answer one call and remember it. Calls come one at a time, so that limits and failures count exactly."""
        arguments = decoded(raw)
        with self._board.changed:
            answer = self._answer(method, token, arguments)
            self.log.append(Call(method, arguments, answer.response, answer.status))
            return answer

    def _answer(self, method: str, token: str | None, arguments: Arguments) -> Answer:
        refusal = self.refusals.take(method)
        if refusal is None:
            return self._work(method, token, arguments)
        if refusal.error == "drop":
            return Answer(0, self._work(method, token, arguments).response)
        return _refused(refusal)

    def _work(self, method: str, token: str | None, arguments: Arguments) -> Answer:
        try:
            self._authorise(method, token)
            self._check_channel(method, arguments)
            return Answer(200, {"ok": True, **self._methods[method](arguments)})
        except SlackError as error:
            return _error(error)

    def _authorise(self, method: str, token: str | None) -> None:
        if method not in self._methods:
            raise SlackError("unknown_method")
        if not token:
            raise SlackError("not_authed")
        if token != self._workspace.bot_token:
            raise SlackError("invalid_auth")
        if method in _SCOPES:
            self._workspace.require_scope(_SCOPES[method])

    def _check_channel(self, method: str, arguments: Arguments) -> None:
        """Refuse to write into an archived or read-only channel, which can still be read."""
        error = self.refusals.in_channels.get(str(arguments.get("channel")))
        if error and method.startswith("chat."):
            raise SlackError(error)


def _refused(refusal: Refusal) -> Answer:
    if refusal.error == "lost":
        return Answer(0, {})
    if refusal.error == "http_500":
        return Answer(500, {})
    return _error(SlackError(refusal.error, retry_after=refusal.retry_after))


def _error(error: SlackError) -> Answer:
    response: Response = {"ok": False, "error": error.error, **error.told}
    if error.messages:
        response["errors"] = [message.removeprefix("[ERROR] ") for message in error.messages]
        response["response_metadata"] = {"messages": list(error.messages)}
    if error.error == "ratelimited":
        return Answer(429, response, error.retry_after or 1)
    return Answer(200, response)
