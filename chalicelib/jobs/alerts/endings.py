"""Have messages say that their locks are gone, after all that does not wait for Slack is done."""

from collections.abc import Iterable
from functools import partial

from chalicelib.jobs.alerts.alert import tell
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.runs.agenda import Agenda
from chalicelib.jobs.runs.lanes import Rank, Task, Wait
from chalicelib.jobs.runs.run import Run
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError
from chalicelib.ports.people import MessengerError
from chalicelib.ports.world import World


def tell_endings(cases: Iterable[Case], world: World, run: Run) -> list[str]:
    """Have messages say that their locks are gone; return what Slack or the time did not allow.

    The book has each ending as untold until its message says so, so the next watch does the rest.
    """
    left: list[str] = []
    agenda = Agenda(
        run,
        world.messenger,
        hear=lambda _seen: None,
        failed=lambda task, error: left.append(f"{task.subject}: {_in_words(error)}"),
        given_up=lambda task, failures: left.append(f"{task.subject}: not tried, after {failures} failures"),
    )
    for case in cases:
        channel = case.record.posted.channel if case.record.posted else case.policy.channel
        agenda.add(Task(Wait.EDIT, channel, Rank.CLOSING, case.ref.state_path, partial(tell, case)))
    agenda.work()
    return [*left, *(f"{task.subject}: no time" for task in agenda.left)]


def _in_words(error: Exception) -> str:
    return str(error) if isinstance(error, (MessengerError, BookError, StoreError)) else repr(error)
