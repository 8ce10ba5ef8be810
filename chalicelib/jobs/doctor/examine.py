"""Take all looks of some examinations, side by side. Each look ends in a finding, whatever happens."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from chalicelib.core.doctor.finding import Finding, green, grey
from chalicelib.ports.doctor import Examination, Look, NotAllowedError, NotKnownError

AT_ONCE = 16
"""Subjects that are looked at side by side."""
_NOTHING = "nothing to check here"


def examine(
    examinations: Sequence[Examination], wanted: Callable[[str], bool], told: Callable[[int], None]
) -> list[Finding]:
    """Return the findings of all looks that are wanted, in the order of the examinations.

    ``wanted`` says of a check's ID whether it is; ``told`` hears how many subjects are done.
    """
    found: list[Finding] = []
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        for done, findings in enumerate(pool.map(lambda one: list(_looked(one, wanted)), examinations), 1):
            found += findings
            told(done)
    finally:  # after Ctrl-C nobody waits for what was not begun
        pool.shutdown(wait=False, cancel_futures=True)
    return found


def _looked(one: Examination, wanted: Callable[[str], bool]) -> Iterator[Finding]:
    for check, look in one.looks.items():
        if wanted(check):
            yield from taken(check, one.subject, look)


def taken(check: str, subject: str, look: Look) -> Iterable[Finding]:
    """Return what a look found. A look that fails in a way that nobody foresaw is a grey line and not a lost report."""
    try:
        return list(look()) or [green(check, subject, _NOTHING)]
    except NotAllowedError as error:
        return [grey(check, subject, str(error), error.right)]
    except NotKnownError as error:
        return [grey(check, subject, str(error))]
    except Exception as error:  # noqa: BLE001  one broken look must not hide what all others saw
        return [grey(check, subject, f"the look failed, which is a defect of the reaper: {error!r}")]
