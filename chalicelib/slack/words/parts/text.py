"""Write foreign text in Slack's markup so that it can say anything and do nothing.

Slack's rule is to escape ``&``, ``<`` and ``>`` (docs.slack.dev/messaging/formatting-message-text). That stops mentions
and links. Line breaks, backticks and invisible characters could forge the reaper's layout, so they are removed too.
"""

import html
import re
from datetime import datetime

from chalicelib.core.clicks.ending import is_operator
from chalicelib.core.policy import GROUP_LETTER
from chalicelib.core.visible import seen, visible, written

_EVERYBODY = {"here", "channel"}
_NAME_LIMIT = 150
_ELLIPSIS = "…"
_TICK = "\N{MODIFIER LETTER GRAVE ACCENT}"
_BACKSLASH = written("\\").replace("\\", "\\\\")
"""A backslash written out, in the form of a replacement in ``re.sub``."""
_LIKE_A_NUMBER = re.compile(r"\\(?=u[0-9a-f]{4}|U[0-9a-f]{8})")
# Spaces at the ends, further spaces after the first, and the backtick, which would end a code span.
_FOLDED = re.compile(r"^ | $|(?<= ) |`")


def clean(text: str) -> str:
    """Return one line of visible characters: hidden ones are dropped, spaces and line breaks become one space."""
    if _is_plain(text):
        return " ".join(text.split())
    kept = (" " if one.isspace() else one for one, shows in seen(text) if shows or one.isspace())
    return " ".join("".join(kept).split())


def size(text: str) -> int:
    """Return the length of a text in bytes, which is the most that Slack may count.

    Slack says "characters" but not which kind. A text never has more UTF-16 units or code points than bytes.
    """
    return len(text.encode(errors="replace"))


def escape(text: str, limit: int) -> str:
    """Clean and escape a text; if it then has more than ``limit`` bytes, cut out its middle.

    The end of a state path says more than its middle does.
    """
    cleaned = clean(text).replace("`", _TICK)
    keep = limit
    while size(escaped := html.escape(_cut(cleaned, keep), quote=False)) > limit and keep > 1:
        keep -= max(1, (size(escaped) - limit) // 5)  # one character less is at most "&amp;" less
    return escaped


def shortened(text: str, limit: int) -> str:
    """Cut an escaped text without mentions or links to ``limit`` bytes, without cutting an entity or a code span."""
    if size(text) <= limit:
        return text
    cut = text.encode(errors="replace")[: limit - size(_ELLIPSIS) - 1].decode(errors="ignore")
    whole = re.sub(r"&[a-z]{0,4}$", "", cut) + _ELLIPSIS
    return whole + "`" if whole.count("`") % 2 else whole


def exact(text: str) -> str:
    """Write out every character that ``clean`` or ``escape`` would drop or change, so that none is lost.

    A backslash that would look like the start of a written-out character is written out too.
    """
    own = _LIKE_A_NUMBER.sub(_BACKSLASH, text)
    return _FOLDED.sub(lambda found: written(found[0]), own if _is_plain(own) else visible(own))


def code(text: str, limit: int) -> str:
    """Return foreign text in a code span that it cannot end."""
    return f"`{escape(text, limit - 2)}`"


def code_or_nothing(text: str, limit: int) -> str:
    """Return foreign text in a code span; "" if it has nothing visible."""
    return code(text, limit) if clean(text) else ""


def capital(words: str) -> str:
    """Return words with a capital letter, for the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def by(user: str) -> str:
    """Return a mention of whoever did a thing, or the name of an operator's AWS identity, who is nobody in Slack."""
    return code(user.rpartition(":")[2], _NAME_LIMIT) if is_operator(user) else mention(user)


def clicked(user: str) -> str:
    """Say that somebody asked for a release: by a click, or with ``tflocks release``."""
    return f"{by(user)} ran `tflocks release`" if is_operator(user) else f"{mention(user)} clicked Release"


def mention(name: str) -> str:
    """Return a mention of a user, a user group, ``here`` or ``channel``. Slack notifies them when it is posted.

    docs.slack.dev/messaging/formatting-message-text
    """
    if name in _EVERYBODY:
        return f"<!{name}>"
    return f"<!subteam^{name}>" if name.startswith(GROUP_LETTER) else f"<@{name}>"


def channel(name: str) -> str:
    """Return a channel by its ID. Slack shows its name to people who may know it."""
    return f"<#{name}>"


def link(url: str, label: str) -> str:
    """Return a link with a label, which must be the reaper's own text."""
    return f"<{html.escape(url, quote=False).replace('|', '%7C')}|{label}>"


def local_time(time: datetime) -> str:
    """Return a time that Slack shows in the reader's own time zone."""
    return _date(time, "{date_short_pretty} at {time}")


def ago(time: datetime) -> str:
    """Return how long ago a time was ("3 hours ago"). Slack counts it each time the message is read.

    If Slack cannot, as in some notifications, it shows the time itself, so the words around it must fit both.
    """
    return _date(time, "{ago}")


def since(time: datetime) -> str:
    """Return a time and how long ago it was."""
    return f"{local_time(time)}, {ago(time)}"


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _date(time: datetime, form: str) -> str:
    return f"<!date^{int(time.timestamp())}^{form}|{time.strftime('%Y-%m-%d %H:%M UTC')}>"


def _cut(text: str, keep: int) -> str:
    head = keep // 2
    tail = keep - head - 1
    return text[:head] + _ELLIPSIS + (text[-tail:] if tail > 0 else "") if keep < len(text) else text
