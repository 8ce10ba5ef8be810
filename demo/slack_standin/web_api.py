"""The methods of the Web API that the stand-in has, with Slack's errors. Pure but for the board: no HTTP in here.

Errors: the "Errors" table of each method's page, https://docs.slack.dev/reference/methods/chat.postMessage and so on.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from demo.slack_standin import block_rules
from demo.slack_standin.board import Board, Draft
from demo.slack_standin.failures import Refusal, Refusals, Throttle
from demo.slack_standin.model import Call, Channel, Message, SlackError, Workspace

Arguments = dict[str, Any]
Response = dict[str, Any]

# Slack has these; here they would be without effect in silence, so they are refused by name.
_NOT_DRAWN = (
    "attachments",
    "markdown_text",
    "parse",
    "link_names",
    "username",
    "icon_emoji",
    "icon_url",
    "reply_broadcast",
)
_LONGEST_TEXT = 40_000
_TS = re.compile(r"\d+\.\d{6}")


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP; status 0 is no answer at all."""

    status: int
    response: Response
    retry_after: int | None = None


class WebApi:
    """The Web API of one workspace. ``call`` is the only way in; ``log`` keeps every call."""

    def __init__(self, workspace: Workspace, board: Board, throttle: Throttle) -> None:
        self.refusals = Refusals()
        self.log: list[Call] = []
        self._workspace = workspace
        self._board = board
        self._throttle = throttle
        self._methods: dict[str, Callable[[Arguments], Response]] = {
            "auth.test": self._auth_test,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.postMessage": self._post_message,
            "chat.update": self._update,
            "users.info": self._users_info,
        }

    def call(self, method: str, token: str | None, raw: Arguments) -> Answer:
        """Answer one call and remember it. One at a time, so that a limit or an arranged failure counts exactly."""
        arguments = {key: _decoded(key, value) for key, value in raw.items()}
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
            return Answer(200, {"ok": True, **self._authorised(method, token)(arguments)})
        except SlackError as error:
            return _error(error)

    def _authorised(self, method: str, token: str | None) -> Callable[[Arguments], Response]:
        if method not in self._methods:
            raise SlackError("unknown_method")
        if not token:
            raise SlackError("not_authed")
        if token != self._workspace.bot_token:
            raise SlackError("invalid_auth")
        return self._methods[method]

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

    def _users_info(self, arguments: Arguments) -> Response:
        user = self._workspace.user(arguments.get("user"))
        is_bot = user.id == self._workspace.bot_user_id
        profile = {"real_name": user.name, "display_name": user.name}
        about = {
            "name": _handle(user.name),
            "real_name": user.name,
            "deleted": False,
            "is_bot": is_bot,
            "tz": "Etc/UTC",
        }
        return {"user": {"id": user.id, "team_id": user.team_id, **about, "profile": profile}}

    def _post_message(self, arguments: Arguments) -> Response:
        channel = self._open_channel(arguments)
        if not self._throttle.allows(channel.id):
            raise SlackError("ratelimited", retry_after=1)
        message = self._board.post(self._draft(channel, arguments))
        return {"channel": channel.id, "ts": message.ts, "message": message_json(self._workspace, message)}

    def _post_ephemeral(self, arguments: Arguments) -> Response:
        channel = self._open_channel(arguments)
        user = str(_required(arguments, "user"))
        if user not in channel.members:
            raise SlackError("user_not_in_channel")
        message = self._board.post(self._draft(channel, arguments, ephemeral_to=user))
        return {"message_ts": message.ts}

    def _update(self, arguments: Arguments) -> Response:
        channel = self._workspace.channel(_required(arguments, "channel"))
        message = self._board.find(channel.id, str(_required(arguments, "ts")))
        if message.user != self._workspace.bot_user_id:
            raise SlackError("cant_update_message")
        text, blocks = _content(arguments)
        edited = self._board.edit(message, text if "text" in arguments else message.text, blocks)
        of = message_json(self._workspace, edited)
        return {"channel": channel.id, "ts": edited.ts, "text": edited.text, "message": of}

    def _open_channel(self, arguments: Arguments) -> Channel:
        channel = self._workspace.channel(_required(arguments, "channel"))
        if not channel.bot_is_member:
            raise SlackError("not_in_channel")
        return channel

    def _draft(self, channel: Channel, arguments: Arguments, ephemeral_to: str | None = None) -> Draft:
        text, blocks = _content(arguments)
        return Draft(channel.id, self._workspace.bot_user_id, text, blocks, _thread(arguments), ephemeral_to)


def message_json(workspace: Workspace, message: Message) -> dict[str, Any]:
    """The message as Slack puts it into answers and into the payload of a click."""
    told: dict[str, Any] = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    if message.user == workspace.bot_user_id:
        told |= {"bot_id": workspace.bot_id, "app_id": workspace.app_id}
    told |= {"team": workspace.team_id, "blocks": message.blocks}
    return told | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def _content(arguments: Arguments) -> tuple[str, tuple[dict[str, Any], ...]]:
    """Text and blocks, valid. Text without blocks means no blocks, for an edit too: that removes them."""
    _refuse_what_is_not_drawn(arguments)
    text, blocks = str(arguments.get("text") or ""), arguments.get("blocks") or []
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > _LONGEST_TEXT:
        raise SlackError("msg_too_long")
    _check_metadata(arguments.get("metadata"))
    _check_blocks(blocks)
    return text, tuple(blocks)


def _refuse_what_is_not_drawn(arguments: Arguments) -> None:
    given = [f"[ERROR] the stand-in does not do `{name}`" for name in _NOT_DRAWN if arguments.get(name)]
    if given:
        raise SlackError("invalid_arguments", *given)


def _check_blocks(blocks: Any) -> None:
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems = block_rules.problems_in(blocks)
    if problems:
        raise SlackError("invalid_blocks", *(f"[ERROR] {problem}" for problem in problems))
    if block_rules.is_too_long(blocks):
        raise SlackError("msg_blocks_too_long")


def _check_metadata(metadata: Any) -> None:
    """https://docs.slack.dev/messaging/message-metadata: a type and a flat payload."""
    match metadata:
        case None | {"event_type": str(), "event_payload": dict()}:
            return
        case _:
            raise SlackError("invalid_metadata_format")


def _thread(arguments: Arguments) -> str | None:
    if arguments.get("thread_ts") is None:
        return None
    thread_ts = str(arguments["thread_ts"])
    if not _TS.fullmatch(thread_ts):
        raise SlackError("invalid_thread_ts", f"[ERROR] {thread_ts} is not a valid thread_ts")
    return thread_ts


def _required(arguments: Arguments, name: str) -> Any:
    if not arguments.get(name):
        raise SlackError("invalid_arguments", f"[ERROR] missing required field: {name}")
    return arguments[name]


def _decoded(key: str, value: Any) -> Any:
    """A form holds blocks and metadata as JSON in a string; what is no JSON stays as it is, for its own error."""
    if key not in {"blocks", "metadata"} or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _refused(refusal: Refusal) -> Answer:
    if refusal.error == "http_500":
        return Answer(500, {})
    return _error(SlackError(refusal.error, retry_after=refusal.retry_after))


def _error(error: SlackError) -> Answer:
    response: Response = {"ok": False, "error": error.error}
    if error.messages:
        response["errors"] = [message.removeprefix("[ERROR] ") for message in error.messages]
        response["response_metadata"] = {"messages": list(error.messages)}
    if error.error == "ratelimited":
        return Answer(429, response, error.retry_after or 1)
    return Answer(200, response)


def _handle(name: str) -> str:
    return name.lower().replace(" ", ".")
