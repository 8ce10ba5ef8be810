"""Read what somebody typed after ``/tflocks``: whose locks, which channels and states, which listing page."""

import msgspec

from chalicelib.core.locks.account import Account
from chalicelib.core.patterns import matches

PAGE = 15
"""Locks on a listing page: as many as fit into one message, however long their names are."""
_ALL, _MINE, _PAGE, _ACCOUNT = "all", "mine", "page", "account:"
_HELP = {"help", "-h", "--help", "-help", "?"}
_LONGEST = 300
"""Characters of a state path that are taken. The other words are not counted: a button adds some of its own."""
_MOST_DIGITS = 5


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """The held locks that somebody wants to see."""

    everything: bool = False
    """Whether to show the locks of all channels, not only of this one."""
    mine: bool = False
    """Whether to show only the locks that are probably the person's own, of all channels."""
    words: tuple[str, ...] = ()
    """Texts in small letters. A state path has to contain all of them."""
    accounts: tuple[str, ...] = ()
    """Texts in small letters. The ID or the name of the account has to fit one of them."""
    page: int = 1

    @property
    def text(self) -> str:
        """Return the query as somebody would type it after the command."""
        named = [_ALL if self.everything else "", _MINE if self.mine else "", *self.words]
        named += [f"{_ACCOUNT}{account}" for account in self.accounts]
        return " ".join([*filter(None, named), *([f"{_PAGE} {self.page}"] if self.page > 1 else [])])

    @property
    def narrowed(self) -> bool:
        """Return whether the query leaves out locks of the channels that it asks for."""
        return self.mine or self.typed

    @property
    def typed(self) -> bool:
        """Return whether the query asks for some state paths or accounts only."""
        return bool(self.words or self.accounts)

    def fits(self, state_path: str) -> bool:
        """Return whether a state path contains all the words."""
        if not self.words:
            return True
        small = state_path.lower()
        return all(word in small for word in self.words)

    def fits_account(self, account: Account) -> bool:
        """Return whether an account's ID or name fits one of the texts: it contains the text, or matches a pattern."""
        known = (account.id, account.name.lower())
        return not self.accounts or any(_fits(text, word) for text in self.accounts for word in known)

    def turned_to(self, page: int) -> "Query":
        """Return the same query for another listing page."""
        return msgspec.structs.replace(self, page=page)


def read_query(text: str) -> Query | None:
    """Read ``[all] [mine] [part of a state path ...] [account:NAME ...] [page N]``; None when it asks for help.

    What is something else is answered with help, too.
    """
    words = text.lower().split()
    page, words = _page(words)
    named: set[str] = set()
    while words and words[0] in {_ALL, _MINE} - named:
        named.add(words.pop(0))
    accounts = tuple(word.removeprefix(_ACCOUNT) for word in words if word.startswith(_ACCOUNT))
    if page is None or (len(words) == 1 and words[0] in _HELP) or len(" ".join(words)) > _LONGEST or "" in accounts:
        return None
    paths = tuple(word for word in words if not word.startswith(_ACCOUNT))
    return Query(everything=_ALL in named, mine=_MINE in named, words=paths, accounts=accounts, page=page)


def _fits(text: str, word: str) -> bool:
    return matches(text, word) if set("*?") & set(text) else text in word


def _page(words: list[str]) -> tuple[int | None, list[str]]:
    """Return the number after ``page`` (1: there is none; None: it is not a page's number), and the words before it."""
    if words[-1:] == [_PAGE]:
        return None, words
    if words[-2:-1] != [_PAGE]:
        return 1, words
    number = words[-1]
    good = number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS and int(number) > 0
    return (int(number) if good else None), words[:-2]
