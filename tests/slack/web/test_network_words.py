import socket
import ssl
from http.client import IncompleteRead, RemoteDisconnected
from urllib.error import URLError

import pytest

from chalicelib.slack.web.network_words import in_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError("timed out"), "it did not answer in time (TimeoutError)"),
        (
            ConnectionRefusedError(111, "Connection refused"),
            "nothing takes a connection there (ConnectionRefusedError)",
        ),
        (socket.gaierror(-2, "Name or service not known"), "its name could not be looked up (gaierror)"),
        (ssl.SSLCertVerificationError(1, "bad"), "the certificate that answered is not Slack's"),
        (ssl.SSLError(1, "wrong version number"), "no encrypted connection could be made (SSLError)"),
        (RemoteDisconnected("closed"), "it hung up before its answer was complete (RemoteDisconnected)"),
        (IncompleteRead(b""), "what answered was not complete, or not HTTP (IncompleteRead)"),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "no"), "what answered is not text (UnicodeDecodeError)"),
        (OSError(101, "Network is unreachable"), "the network failed (OSError)"),
        (URLError("unknown url type"), "the network failed (URLError)"),
        (ValueError("x"), "its answer cannot be read (ValueError)"),
        ("unknown url type: ftp", "unknown url type: ftp"),
    ],
)
def test_what_happened_is_told_without_errno_or_urlopen(error: BaseException | str, words: str) -> None:
    said = in_words(error)
    assert said.startswith(words)
    assert "Errno" not in said
    assert "urlopen" not in said
