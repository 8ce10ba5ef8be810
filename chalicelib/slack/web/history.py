"""Look for a message of the app's own in a channel or a thread, by the trace in its metadata."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.slack.web.refusals import About, about
from chalicelib.slack.web.shapes import Part, Seen
from chalicelib.slack.web.web_api import WebApi, WebApiError

_CLOCKS_DIFFER = timedelta(minutes=2)
_PAGE, _PAGES = 200, 10


class _CannotLook:
    """The error codes of a place that the app may not read."""

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and (code == "missing_scope" or about(code) in {About.PLACE, About.CALLING})


_CANNOT_LOOK = _CannotLook()


class History:
    """The messages in the channels of a workspace. ``wait`` returns when Slack takes another call for them."""

    def __init__(self, api: WebApi, app: str, wait: Callable[[], None]) -> None:
        self._api = api
        self._app = app
        self._wait = wait

    def find(self, channel: str, thread_ts: str, trace: str, since: datetime) -> str | None:
        """Return the ts of the app's own message with this trace, posted since then; None: there is none.

        Raises WebApiError.
        """
        place = {"channel": channel, "ts": thread_ts} if thread_ts else {"channel": channel}
        method = "conversations_replies" if thread_ts else "conversations_history"
        oldest = f"{(since - _CLOCKS_DIFFER).timestamp():.6f}"
        seen = self._read(method, oldest=oldest, **place)
        return next((message.ts for message in seen if self._is_own(message, trace)), None)

    def _read(self, method: str, **arguments: Any) -> Iterator[Seen]:
        """Yield the messages part by part; none if the app may not look, or the thread is gone.

        A channel that the app was removed from is not tried again, because its messages cannot be read any more.
        """
        cursor = None
        asked = arguments | {"limit": _PAGE, "include_all_metadata": True}
        for _ in range(_PAGES):
            self._wait()
            try:
                part = self._api.call(method, Part, expected=_CANNOT_LOOK, cursor=cursor, **asked)
            except WebApiError as error:
                if error.code not in _CANNOT_LOOK:
                    raise
                return
            yield from filter(None, map(_seen, part.messages))
            cursor = part.next_cursor
            if not cursor:
                return

    def _is_own(self, message: Seen, trace: str) -> bool:
        apps = {message.app_id, message.bot_profile.app_id if message.bot_profile else None}
        return self._app in apps and message.metadata.event_payload.trace == trace


def _seen(message: Any) -> Seen | None:
    """Return a message if it has the reaper's metadata; None for any other."""
    try:
        return msgspec.convert(message, Seen)
    except msgspec.ValidationError:
        return None
