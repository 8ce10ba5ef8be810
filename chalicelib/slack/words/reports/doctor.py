"""Tell of a weekly look: what became worse since the last one, and how to mend it."""

import html
from collections.abc import Iterable, Iterator

from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.weekly.memory import Change
from chalicelib.core.doctor.weekly.news import Alike, News
from chalicelib.slack.words.parts.text import clean, code, escape, size

_NAME_LIMIT, _SEEN_LIMIT, _DO_LIMIT, _COMMANDS_LIMIT = 80, 300, 500, 900
_LIMIT, _RESERVE = 4000, 800
"""Bytes of a message, and those that are left for its last lines."""
_SUBJECTS = 5
_DOT = {Colour.RED: ":red_circle:", Colour.YELLOW: ":large_yellow_circle:"}
_ALL = "`tflocks doctor` shows everything, with the commands."


def news(told: News) -> str:
    """Return the message about a weekly look. It names the fix of each thing as far as there is room."""
    worse, first = told.worse, told.first
    lines = [_head(told)]
    left = _fitted(lines, [_worse(one) for one in worse] + [_worse(one) for one in first])
    if left:
        lines.append(f"• and {left} more.")
    lines += [*_hidden(told.hidden), *_better(told.better), _rest(told)]
    return "\n".join(lines)


def _head(told: News) -> str:
    worse, first = _number(told.worse), _number(told.first)
    if worse:
        return f":warning: *The weekly look: {_things(worse)} became worse.*"
    if first:
        return f":warning: *The weekly look, where it looked for the first time: {_things(first)} red.*"
    return "*The weekly look: nothing became worse.*"


def _worse(one: Alike) -> str:
    change = one.first
    was = f" (was {change.before.value})" if change.before else ""
    shared = len(one.subjects) > 1
    whose = f" of {code(change.subject, _NAME_LIMIT)}:" if shared else ""
    seen = f"{whose} {code(change.seen, _SEEN_LIMIT)}"
    head = f"• {_DOT[change.now]} *{_title(change)}*, {_subjects(one.subjects)}{was}:{seen}"
    others = (
        f"    The others have a fix each: {code(f'tflocks doctor --only {change.check}', _NAME_LIMIT)}."
        if shared
        else ""
    )
    lines = [head, f"    {_prose(change.do)}" if change.do else "", _commands(change.cli), others]
    return "\n".join(filter(None, lines))


def _prose(text: str) -> str:
    """Return a sentence of the reaper's own in which only what it put between backticks is code."""
    parts = text[:_DO_LIMIT].split("`")
    if len(parts) % 2 == 0:  # a backtick too many, perhaps a foreign name's
        return escape(text, _DO_LIMIT)
    return "".join(
        code(part, _DO_LIMIT) if number % 2 else html.escape(_spaced(part), quote=False)
        for number, part in enumerate(parts)
    )


def _spaced(part: str) -> str:
    """Clean a part of a sentence; keep one space at its ends."""
    return " " * part.startswith(" ") + clean(part) + " " * (part.endswith(" ") and bool(part.strip()))


def _commands(cli: str) -> str:
    """Return the commands, so that they can be pasted as they are; "" if Slack would change or cut them."""
    lines = cli.splitlines()
    if not cli or "`" in cli or any(clean(line) != line for line in lines):
        return ""
    written = html.escape("\n".join(lines), quote=False)
    return f"```\n{written}\n```" if size(written) <= _COMMANDS_LIMIT else ""


def _fitted(lines: list[str], entries: Iterable[str]) -> int:
    """Add the entries for which there is room; return how many there is none for."""
    room = _LIMIT - _RESERVE - size(lines[0])
    left = 0
    for entry in entries:
        room -= size(entry) + 1
        if room >= 0:
            lines.append(entry)
        else:
            left += 1
    return left


def _hidden(hidden: list[Alike]) -> Iterator[str]:
    """Say in one line what cannot be looked at any more, and which rights that takes."""
    if hidden:
        rights = sorted({one.first.right for one in hidden})
        some = ", ".join(code(right, _NAME_LIMIT) for right in rights[:_SUBJECTS])
        more = f" and {len(rights) - _SUBJECTS} more" if len(rights) > _SUBJECTS else ""
        yield f"Not looked at any more, {_things(_number(hidden))}: the right {some}{more} is missing."


def _better(better: list[Change]) -> Iterator[str]:
    if better:
        titles = list(dict.fromkeys(f"{_title(one)}, {code(one.subject, _NAME_LIMIT)}" for one in better))
        more = f"; and {len(titles) - 3} more" if len(titles) > 3 else ""  # noqa: PLR2004
        yield f":white_check_mark: Better: {'; '.join(titles[:3])}{more}."


def _rest(told: News) -> str:
    new = sum(one.now is Colour.RED for one in told.changes)
    before = told.red - new
    return f"{_things(before)} red since before. {_ALL}" if before > 0 else _ALL


def _title(change: Change) -> str:
    check = CHECKS.get(change.check)
    return check.title if check else escape(change.check, _NAME_LIMIT)


def _subjects(subjects: tuple[str, ...]) -> str:
    more = len(subjects) - _SUBJECTS
    named = ", ".join(code(one, _NAME_LIMIT) for one in subjects[:_SUBJECTS])
    return f"{named} and {more} more" if more > 0 else named


def _number(alike: Iterable[Alike]) -> int:
    return sum(len(one.subjects) for one in alike)


def _things(number: int) -> str:
    return "1 thing" if number == 1 else f"{number} things"
