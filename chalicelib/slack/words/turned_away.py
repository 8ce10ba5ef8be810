"""Tell one person why their click or command cannot be carried out, and what to do about it."""

from chalicelib.core.clicks.click import Unheard, Unusable
from chalicelib.slack.words.parts.text import code

_DETAIL_LIMIT = 200
_ANEW = "`/tflocks` lists the locks that are held, with buttons that work."
_WORDS = {
    Unusable.MISDIRECTED: ":no_entry: Nothing was done: this tflock-reaper is set up for another Slack workspace, "
    "organisation or app. Whoever runs it has to compare `team_id`, `enterprise_id` and `app_id` in `reaper.toml` with "
    "where this came from: {detail}.",
    Unusable.UNREADABLE: ":x: Nothing was done: the button could not be read. Another version of tflock-reaper may "
    f"have made it. {_ANEW}",
    Unusable.UNKNOWN: ":x: Nothing was done: this version of tflock-reaper does not know what was clicked. Another "
    f"version may have made the button. {_ANEW}",
}


def nothing_done(unheard: Unheard) -> str:
    """Say why nothing was done, and what helps."""
    return _WORDS[unheard.why].format(detail=code(unheard.detail, _DETAIL_LIMIT))
