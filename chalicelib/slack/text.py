"""Other people's text in Slack's markup: it can say anything and do nothing.

Slack's rule is to escape ``&``, ``<`` and ``>`` (docs.slack.dev/messaging/formatting-message-text). That stops mentions
and links; layout is forged by line breaks, backticks and invisible characters, so these go too.
"""

import html
import re
import unicodedata
from datetime import datetime

from chalicelib.core.policy import GROUP_LETTER

_EVERYBODY = {"here", "channel"}
_ELLIPSIS = "…"
_TICK = "\N{MODIFIER LETTER GRAVE ACCENT}"


def clean(text: str) -> str:
    """One line of visible characters: no control, bidi, zero-width or surrogate ones, no runs of space."""
    visible = (" " if character.isspace() else character for character in text if not _invisible(character))
    return " ".join("".join(visible).split())


def size(text: str) -> int:
    """Return the length of a text as Slack may count it at most.

    Slack says "characters" and not which: of bytes, UTF-16 units and code points there are the most bytes.
    """
    return len(text.encode(errors="replace"))


def escape(text: str, limit: int) -> str:
    """Clean and escape a text; what has more than ``limit`` bytes afterwards loses its middle.

    The end of a state path says more than its middle does.
    """
    cleaned = clean(text).replace("`", _TICK)
    keep = limit
    while size(escaped := html.escape(_cut(cleaned, keep), quote=False)) > limit and keep > 1:
        keep -= max(1, (size(escaped) - limit) // 5)  # one character less is at most "&amp;" less
    return escaped


def shortened(text: str, limit: int) -> str:
    """Cut a text that is escaped, and has no mentions or links, to so many bytes; nothing is left half."""
    if size(text) <= limit:
        return text
    cut = text.encode(errors="replace")[: limit - size(_ELLIPSIS) - 1].decode(errors="ignore")
    whole = re.sub(r"&[a-z]{0,4}$", "", cut) + _ELLIPSIS
    return whole + "`" if whole.count("`") % 2 else whole


def exact(text: str) -> str:
    """Every character that ``clean`` would drop or fold, written out: no two state paths may read alike."""
    shown = (
        character if character == " " or not (_invisible(character) or character.isspace()) else _written(character)
        for character in text
    )
    return re.sub(r"^ | $|(?<= ) ", _written(" ").replace("\\", "\\\\"), "".join(shown))


def code(text: str, limit: int) -> str:
    """Foreign text in a code span that it cannot break out of."""
    return f"`{escape(text, limit - 2)}`"


def capital(words: str) -> str:
    """The same at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def mention(name: str) -> str:
    """A user, a user group, everybody ``here`` or in the ``channel``: Slack tells them of a message when it is posted.

    docs.slack.dev/messaging/formatting-message-text
    """
    if name in _EVERYBODY:
        return f"<!{name}>"
    return f"<!subteam^{name}>" if name.startswith(GROUP_LETTER) else f"<@{name}>"


def channel(name: str) -> str:
    """A channel by its ID; Slack shows its name to those who may know it."""
    return f"<#{name}>"


def link(url: str, label: str) -> str:
    """A link under a label of our own."""
    return f"<{html.escape(url, quote=False).replace('|', '%7C')}|{label}>"


def local_time(time: datetime) -> str:
    """A moment that Slack shows in its reader's own time zone."""
    fallback = time.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(time.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>"


def _cut(text: str, keep: int) -> str:
    head = keep // 2
    tail = keep - head - 1
    return text[:head] + _ELLIPSIS + (text[-tail:] if tail > 0 else "") if keep < len(text) else text


def _written(character: str) -> str:
    return f"\\u{ord(character):04x}"


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} and not character.isspace()
