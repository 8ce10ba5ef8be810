"""Judge the user groups and the people that the rules name: whether they can be called, and may release."""

from collections.abc import Iterable, Iterator, Mapping

from chalicelib.core.doctor.finding import Finding, Fix, green, grey, red, yellow
from chalicelib.core.doctor.slack import named
from chalicelib.core.doctor.slack.app import subject_of
from chalicelib.core.doctor.slack.checks import GROUPS, PEOPLE, RELEASERS
from chalicelib.core.doctor.slack.facts import Group, Person
from chalicelib.core.policy import Rules
from chalicelib.core.visible import visible

_NEW_DEPLOY = "in reaper.toml, and run `make deploy`"


def groups_judged(groups: Iterable[Group], rules: Rules) -> Iterator[Finding]:
    """Yield a finding for each user group that reaches nobody; one green one for all others."""
    keys, well = named.groups(rules), 0
    for group in groups:
        if not group.trouble:
            well += 1
            continue
        handle = f"@{visible(group.handle)} " if group.handle else ""
        seen = f"the user group {handle}{group.trouble} ({named.told(keys[group.id])})"
        yield yellow(GROUPS, f"user group {group.id}", seen, _group_fix(group, named.told(keys[group.id])))
    if well or not keys:
        yield green(GROUPS, subject_of(rules), f"{well} user groups reach somebody" if keys else "none are named")


def people_judged(people: Iterable[Person], rules: Rules, unseen: int) -> Iterator[Finding]:
    """Yield a finding for each person who cannot be reached; ``unseen`` is how many nobody looked for."""
    keys, well = named.people(rules), 0
    for person in people:
        if not person.trouble:
            well += 1
            continue
        where = named.told(keys[person.id])
        fix = Fix(do=f"Take {person.id} out ({where}) {_NEW_DEPLOY}; or name whoever took over.")
        yield yellow(PEOPLE, f"user {person.id}", f"the user {person.id} {person.trouble} ({where})", fix)
    if unseen:
        yield grey(PEOPLE, subject_of(rules), f"{unseen} more people were not looked for: Slack is asked one by one")
    if well or not keys:
        yield green(PEOPLE, subject_of(rules), f"{well} people can be reached" if keys else "none are named")


def releasers_judged(troubles: Mapping[str, str], rules: Rules, lacking: str = "") -> Iterator[Finding]:
    """Yield a finding for each route where nobody is left who may release.

    ``troubles`` says of each user and user group why nobody is reached by it; "": somebody is. Where one was not
    looked for, ``lacking`` is the right that it would have taken.
    """
    routes = named.releasers(rules)
    for where, names in routes.items():
        yield _route_judged(where, [(name, troubles.get(name)) for name in names], lacking)
    if not routes:
        yield green(RELEASERS, subject_of(rules), "each route lets everyone release, or nobody on purpose")


def _route_judged(where: str, named_there: list[tuple[str, str | None]], lacking: str) -> Finding:
    told = [trouble for _, trouble in named_there]
    subject = f"releasers of {where}"
    if "" in told:
        return green(RELEASERS, subject, f"{told.count('')} of {len(told)} can be reached")
    if None in told:
        return grey(RELEASERS, subject, "nobody knows of some of them whether they are still there", lacking)
    fix = Fix(do=f"Name somebody who is there in {subject} {_NEW_DEPLOY}.")
    said = "; ".join(f"{name} {trouble}" for name, trouble in named_there)
    return red(RELEASERS, subject, f"nobody is left who may release: {said}", fix)


def _group_fix(group: Group, keys: str) -> Fix:
    if not group.there:
        return Fix(do=f"Set the ID of a user group that is there ({keys}) {_NEW_DEPLOY}.")
    act = "Enable it" if group.disabled else "Add people to it"
    return Fix(do=f"{act} in Slack (People & user groups), or take {group.id} out ({keys}) {_NEW_DEPLOY}.")
