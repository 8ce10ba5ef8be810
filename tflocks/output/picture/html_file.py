"""Draw the timeline into one HTML file without scripts, which fetches nothing and forbids the browser to."""

from html import escape
from pathlib import Path

from chalicelib.core.duration import in_words
from tflocks.output.picture.timeline import COLOURS, Bar, Lane, Timeline

_STYLE = """
:root { --ink: #1c2430; --quiet: #66707d; --line: #e3e7ec; --paper: #fff; --lane: #f6f8fa; --held: #b00020 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --quiet: #97a1ae; --line: #2c343f; --paper: #14181e; --lane: #1b2129; --held: #ff6b7a }
}
body { margin: 2rem clamp(1rem, 3vw, 3rem); background: var(--paper); color: var(--ink);
       font: 14px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
h1 { font-size: 1.3rem; margin: 0 0 .2rem; overflow-wrap: anywhere }
p { color: var(--quiet); margin: 0 0 .8rem }
.key { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 0 0 1.2rem; padding: 0; list-style: none }
.key i { display: inline-block; width: 1.1rem; height: .8rem; margin-right: .4rem; border-radius: 2px;
         vertical-align: -1px }
.row { display: grid; grid-template-columns: minmax(9rem, 24rem) 1fr 6rem; column-gap: .9rem; align-items: center }
.row + .row { border-top: 1px solid var(--line) }
.name { overflow-wrap: anywhere; padding: .3rem 0; unicode-bidi: isolate; direction: ltr }
.bucket, .sum { color: var(--quiet) }
.sum { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.lane { position: relative; align-self: stretch; min-height: 2rem; background: var(--lane) }
.lane b, .axis b { position: absolute; top: 0; bottom: 0; border-left: 1px solid var(--line) }
.axis { position: sticky; top: 0; z-index: 3; background: var(--paper) }
.axis .lane { min-height: 1.8rem; background: none }
.axis b { font-weight: normal; color: var(--quiet); padding: .2rem 0 0 .3rem; white-space: nowrap; font-size: 12px }
.bar { position: absolute; top: calc(50% - .65rem); height: 1.3rem; min-width: 3px; border-radius: 2px; z-index: 1 }
.bar:hover, .bar:focus { outline: 2px solid var(--ink); z-index: 2 }
.held { border-right: 4px solid var(--held); border-radius: 2px 0 0 2px; box-sizing: border-box; min-width: 7px }
.part { background-image: repeating-linear-gradient(45deg, transparent 0 4px, rgb(255 255 255 / .55) 4px 7px) }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def draw(picture: Timeline, file: Path) -> None:
    """Write the file. Raises OSError."""
    file.write_text(markup(picture), encoding="utf-8")


def markup(picture: Timeline) -> str:
    """Return the file's text; all text in it that somebody else wrote is escaped."""
    title = escape(picture.title)
    lanes = "\n".join(_lane(lane, picture) for lane in picture.lanes) or "<p>No hold is known in this time.</p>"
    notes = "".join(f"<p>{escape(note)}.</p>" for note in picture.notes)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<p>{picture.summary}. Point at a bar to read its story.</p>
<ul class="key">{_legend(picture)}</ul>
<div class="row axis"><div></div><div class="lane">{_axis(picture)}</div><div class="sum">locked</div></div>
{lanes}
{notes}
</body>
</html>
"""


def _legend(picture: Timeline) -> str:
    kinds = [f'<li><i style="background:{COLOURS[kind]}"></i>{escape(kind)}</li>' for kind in picture.kinds]
    bars = [bar for lane in picture.lanes for bar in lane.bars]
    if any(bar.still_held for bar in bars):
        kinds.append('<li><i class="held" style="background:var(--line)"></i>still held</li>')
    if any(bar.incomplete for bar in bars):
        kinds.append('<li><i class="part" style="background-color:#777"></i>not all of it is known</li>')
    return "".join(kinds)


def _axis(picture: Timeline) -> str:
    return "".join(f'<b style="left:{_percent(picture.share(tick.at))}">{tick.label}</b>' for tick in picture.ticks)


def _lane(lane: Lane, picture: Timeline) -> str:
    bucket, slash, key = lane.label.partition("/")
    name = f'<span class="bucket">{escape(bucket + slash)}</span>{escape(key)}'
    lines = "".join(f'<b style="left:{_percent(picture.share(tick.at))}"></b>' for tick in picture.ticks)
    bars = "".join(_bar(bar, picture) for bar in lane.bars)
    return (
        f'<div class="row"><div class="name">{name}</div><div class="lane">{lines}{bars}</div>'
        f'<div class="sum">{in_words(lane.locked)}</div></div>'
    )


def _bar(bar: Bar, picture: Timeline) -> str:
    left, right = picture.share(bar.start), picture.share(bar.end)
    classes = "bar" + (" held" if bar.still_held else "") + (" part" if bar.incomplete else "")
    place = f"left:{_percent(left)};width:{_percent(right - left)};background-color:{COLOURS[bar.kind]}"
    said = escape(bar.title).replace("\n", "&#10;")
    return f'<div class="{classes}" tabindex="0" role="img" style="{place}" title="{said}" aria-label="{said}"></div>'


def _percent(share: float) -> str:
    return f"{100 * share:.3f}%"
