"""Show a change set to a person, and do as they say."""

import enum
import sys
from collections.abc import Callable

from deploy.changes.change_set import ChangeSet
from deploy.changes.shown import shown


class Wish(enum.Enum):
    """What ``CHANGESET`` asks for."""

    DEPLOY = ""
    ASK = "1"
    SHOW = "show"


class Ending(enum.Enum):
    """How a review ended."""

    DEPLOYED = "deployed"
    SHOWN = "only shown; nothing was changed"
    DECLINED = "nothing was changed"
    NOBODY = "nothing was changed: no terminal to ask at; without CHANGESET, `make deploy` deploys without a question"


def wish_problem(wish: str) -> str | None:
    """Return why CHANGESET cannot have this value, or None."""
    if wish in {one.value for one in Wish}:
        return None
    return f"CHANGESET={wish}: CHANGESET=1 shows what would change and asks; CHANGESET=show only shows it"


def review(change_set: ChangeSet, wish: Wish, ask: Callable[[str], str] | None) -> Ending:
    """Show the changes; carry them out after a yes, else take them back. ``ask`` is None where nobody can answer.

    A break-off (Ctrl-C) at the question takes them back too.

    Raises:
        CommandError: CloudFormation could not carry them out.
    """
    ending = Ending.SHOWN if wish is Wish.SHOW else Ending.NOBODY
    try:
        print(shown(change_set.stack, change_set.changes()), end="", flush=True)
        if wish is Wish.ASK and ask:
            said_yes = ask(f"Change {change_set.stack} like this? [y/N] ").strip().lower() in {"y", "yes"}
            ending = Ending.DEPLOYED if said_yes else Ending.DECLINED
    except BaseException:
        change_set.take_back()
        raise
    if ending is Ending.DEPLOYED:
        change_set.carry_out()
    else:
        change_set.take_back()
    return ending


def at_the_terminal() -> Callable[[str], str] | None:
    """Return how to ask the person at the terminal, or None without one."""
    return _ask if sys.stdin.isatty() else None


def _ask(question: str) -> str:
    """Ask; the end of input (Ctrl-D) is a no."""
    try:
        return input(question)
    except EOFError:
        return ""
