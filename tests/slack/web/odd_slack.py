"""Odd answers that only Slack gives; those that any server may give are in ``tests/odd_server.py``."""

from tests.odd_server import PAGE, http, said


def too_many(wait: str | None, body: str = '{"ok":false,"error":"ratelimited"}') -> bytes:
    return http(body, "429 Too Many Requests", **({} if wait is None else {"Retry_After": wait}))


RATE_LIMITS = {
    f"429, Retry-After {wait!r}": too_many(wait)
    for wait in (
        "",
        "soon",
        "-1",
        "-0.5",
        "99999999999999999999",
        "1e400",
        "nan",
        "Wed, 21 Oct 2026 07:28:00 GMT",
        "1,2",
    )
} | {
    "429 without Retry-After": too_many(None),
    "429 for an hour": too_many("3600"),
    "429 of a proxy": http(PAGE, "429 Too Many Requests", Content_Type="text/html"),
    "429 that is no text": http(b"\xff\xfe\x00", "429 Too Many Requests", Retry_After="soon"),
    "429 with two words for it": http('{"ok":false,"error":"message_limit_exceeded"}', "429 Too Many Requests"),
    "429 in an unknown charset": http("{}", "429 Too Many Requests", Content_Type="text/plain; charset=klingon"),
}
"""Refusals of how much was sent: none was carried out."""


HALF = {
    "ok, and no more": said(ok=True),
    "ok, all null": said(ok=True, channel=None, ts=None, message=None, messages=None, users=None, user=None),
    "ok, all numbers": said(ok=True, channel=1, ts=1.5, message=2, messages=3, users=4, user=5),
    "ok, all empty texts": said(ok=True, channel="", ts="", message="", messages="", users="", user=""),
    "ok, all lists of wrong things": said(ok=True, channel=[], ts=[], message=[], messages={}, users=[1], user=[]),
    "ok, without the message": said(ok=True, channel="C0", ts="1.000001", messages=None, user={}, users={}),
    "ok, with a ts that is none": said(ok=True, channel="C0", ts="now", message={}, user={"id": None}),
    "ok, in a thread that is none": said(ok=True, channel="C0", ts="1.1", message={"thread_ts": 5}, user={"id": ""}),
}
"""Slack says ok, and not what its answer must have."""


WORDY = {
    "details that are no list": said(ok=False, error="invalid_auth", response_metadata={"messages": None}),
    "details of wrong types": said(ok=False, error="invalid_auth", response_metadata={"messages": [1, None, {}]}),
    "details that are a text": said(ok=False, error="invalid_auth", response_metadata="none"),
    "details as a list": said(ok=False, error="invalid_auth", response_metadata=[]),
}
"""Refusals with odd details."""
