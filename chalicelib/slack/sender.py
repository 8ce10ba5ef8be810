"""Send a message in the fullest version that Slack takes."""

from collections.abc import Callable, Container
from typing import Any, TypeVar

import msgspec

from chalicelib.slack.versions import Markup, Version, with_less
from chalicelib.slack.web.refusals import About, about
from chalicelib.slack.web.shapes import Done
from chalicelib.slack.web.web_api import UnansweredError, WebApi, WebApiError

T = TypeVar("T", bound=Done)
_EVENT_TYPE = "tflock_reaper"
_FORBIDS_CALLING = "restricted_action"
_UNCALLED_SECONDS = 3600
"""How long to remember that a channel allows no ``here`` or ``channel``; then Slack is asked again."""


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """One message on its way: by which method, where to, and what to do about a refusal."""

    method: str
    place: dict[str, Any]
    trace: str = ""
    """The text in the metadata by which the message can be found again."""
    final: Container[str] = ()
    """Error codes that a version with less would get too."""
    expected: Container[str] = ()
    """Error codes that do not count as failures."""
    wait: Callable[[], None] = lambda: None
    """Called before each try."""


class Sender:
    """Sends messages. It tries version after version, each once, while Slack may be refusing a part of the message."""

    def __init__(self, api: WebApi, clock: Callable[[], float]) -> None:
        self._api = api
        self._clock = clock
        self._uncalled_since: dict[str, float] = {}

    def send(self, errand: Errand, version: Version, shape: type[T]) -> T:
        """Send one message; return Slack's answer. Raises the WebApiError of the last version that was tried."""
        first = current = self._first(errand, version)
        while True:
            try:
                answer = self._attempt(errand, current, shape)
            except WebApiError as error:
                less = _less(errand, current, error)
                if less is None:
                    raise
                current = less
            else:
                if current is not first:
                    self._learn(errand, current)
                return answer

    def _attempt(self, errand: Errand, version: Version, shape: type[T]) -> T:
        payload = {"event_type": _EVENT_TYPE, "event_payload": {"trace": errand.trace}}
        metadata = {"metadata": payload} if errand.trace and version.traceable else {}
        handled = _Handled(errand, version)
        errand.wait()
        return self._api.call(errand.method, shape, expected=handled, **errand.place, **version.said(), **metadata)

    def _first(self, errand: Errand, version: Version) -> Version:
        """Return the version to begin with: one that calls nobody, if the channel lately refused calling everybody."""
        since = self._uncalled_since.get(str(errand.place.get("channel")))
        if since is None or self._clock() - since > _UNCALLED_SECONDS:
            return version
        less = with_less(version, _FORBIDS_CALLING)
        return less if less and less.markup is Markup.NO_EVERYBODY else version

    def _learn(self, errand: Errand, version: Version) -> None:
        if version.markup is Markup.NO_EVERYBODY and version.code == _FORBIDS_CALLING:
            self._uncalled_since[str(errand.place.get("channel"))] = self._clock()


class _Handled(Container[str]):
    """The error codes after which there is something else to try, or that the caller handles."""

    def __init__(self, errand: Errand, version: Version) -> None:
        self._errand = errand
        self._version = version

    def __contains__(self, code: object) -> bool:
        errand = self._errand
        if code in errand.expected or code in errand.final:
            return True
        return isinstance(code, str) and with_less(self._version, code) is not None


def _less(errand: Errand, version: Version, error: WebApiError) -> Version | None:
    if isinstance(error, UnansweredError) or error.code in errand.final:
        return None
    return with_less(version, error.code)


class Anywhere(Container[str]):
    """The error codes of refusals that may be about this place or this message only."""

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and about(code) is not About.EVERYTHING
