"""What people are told after a weekly look."""

import msgspec

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.weekly.memory import Change


class Alike(msgspec.Struct, frozen=True):
    """Changes of one check into one colour. One cause often shows in many subjects, and is told once."""

    first: Change
    subjects: tuple[str, ...]


class News(msgspec.Struct, frozen=True, kw_only=True):
    """The changes since people were last told, over all subjects."""

    changes: tuple[Change, ...]
    red: int
    """Number of all things that are red now, those of the changes too."""

    @property
    def worse(self) -> list[Alike]:
        """Return what became worse, the red first."""
        return [*self._alike(Colour.RED, first=False), *self._alike(Colour.YELLOW, first=False)]

    @property
    def first(self) -> list[Alike]:
        """Return what was red when it was first looked at."""
        return self._alike(Colour.RED, first=True)

    @property
    def hidden(self) -> list[Alike]:
        """Return what could be looked at before, and cannot now."""
        return self._alike(Colour.GREY, first=False)

    @property
    def better(self) -> list[Change]:
        """Return what became better."""
        return [one for one in self.changes if _is_better(one)]

    def _alike(self, colour: Colour, *, first: bool) -> list[Alike]:
        alike: dict[str, list[Change]] = {}
        for one in self.changes:
            if one.now is colour and (one.before is None) is first and not _is_better(one):
                alike.setdefault(one.check, []).append(one)
        return [Alike(some[0], tuple(one.subject for one in some)) for some in alike.values()]


def _is_better(one: Change) -> bool:
    return one.now is Colour.GREEN or (one.before is Colour.RED and one.now is Colour.YELLOW)
