"""Say why Slack did not answer, for a person who knows no Python. The error's name comes last."""

import socket
import ssl
from http.client import HTTPException

_WORDS: dict[type[BaseException], str] = {
    TimeoutError: "it did not answer in time",
    ConnectionRefusedError: "nothing takes a connection there",
    socket.gaierror: "its name could not be looked up",
    ssl.SSLCertVerificationError: "the certificate that answered is not Slack's",
    ssl.SSLError: "no encrypted connection could be made",
    ConnectionError: "it hung up before its answer was complete",
    HTTPException: "what answered was not complete, or not HTTP",
    UnicodeError: "what answered is not text",
    OSError: "the network failed",
}
"""The words for each error; the most specific errors come first."""


def in_words(error: BaseException | str) -> str:
    """Return what happened to a request that Slack did not answer."""
    if isinstance(error, str):  # urllib gives a text where it has no error of its own
        return error
    words = next((words for kind, words in _WORDS.items() if isinstance(error, kind)), "its answer cannot be read")
    return f"{words} ({type(error).__name__})"
