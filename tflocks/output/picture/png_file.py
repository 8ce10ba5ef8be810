"""Draw the timeline into a PNG by matplotlib, without a display; ``$`` in foreign text is no formula."""

import warnings
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from chalicelib.core.duration import in_words
from tflocks.output.picture.timeline import COLOURS, Bar, Lane, Timeline
from tflocks.words import shortened

_WIDTH, _LANE, _AROUND = 13.0, 0.34, 1.5
_LABEL = 52
_INK, _QUIET, _LINE, _HELD = "#1c2430", "#66707d", "#e3e7ec", "#b00020"
_LEAST_WIDTH, _BESIDE = 1 / 500, 1 / 200


def draw(picture: Timeline, file: Path) -> None:
    """Write the file. Raises OSError."""
    figure = Figure(figsize=(_WIDTH, _AROUND + _LANE * max(2, len(picture.lanes))), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_xlim(0, 1)
    axes.set_ylim(max(1, len(picture.lanes)) - 0.5, -0.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _axis(axes, picture)
    for row, lane in enumerate(picture.lanes):
        axes.axhspan(row - 0.42, row + 0.42, color="#f6f8fa", zorder=0)
        for bar in lane.bars:
            _bar(axes, row, bar, picture)
        _sum(axes, row, lane)
    _words(figure, axes, picture)
    with warnings.catch_warnings():
        # A character that the font lacks is drawn as a box, which is enough.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.savefig(file, format="png")


def _axis(axes: Axes, picture: Timeline) -> None:
    axes.set_xticks([picture.share(tick.at) for tick in picture.ticks], [tick.label for tick in picture.ticks])
    axes.set_yticks(range(len(picture.lanes)), _labels(picture))
    axes.grid(axis="x", color=_LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=8, labelcolor=_QUIET)
    axes.tick_params(axis="y", labelcolor=_INK)
    for label in axes.get_yticklabels():
        label.set_parse_math(False)


def _labels(picture: Timeline) -> list[str]:
    """Return the states' paths, without the bucket if it is the same for all and stands in the title."""
    labels = [lane.label for lane in picture.lanes]
    buckets = {label.partition("/")[0] for label in labels}
    told = len(buckets) == 1 and buckets.pop() in picture.title
    keys = [label.partition("/")[2] for label in labels] if told else labels
    return [shortened(key, _LABEL) for key in keys]


def _bar(axes: Axes, row: int, bar: Bar, picture: Timeline) -> None:
    left = picture.share(bar.start)
    width = max(picture.share(bar.end) - left, _LEAST_WIDTH)
    bars = axes.barh(row, width, left=left, height=0.62, color=COLOURS[bar.kind], linewidth=0, zorder=2)
    if bar.incomplete:
        bars.patches[0].set(hatch="////", edgecolor="white")
    if bar.still_held:
        axes.plot([left + width + _BESIDE], [row], marker=">", markersize=7, color=_HELD, zorder=3, clip_on=False)


def _sum(axes: Axes, row: int, lane: Lane) -> None:
    axes.annotate(
        in_words(lane.locked),
        (1, row),
        xycoords=("axes fraction", "data"),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        color=_QUIET,
    )


def _words(figure: Figure, axes: Axes, picture: Timeline) -> None:
    title = f"{shortened(picture.title, 100)}\n"
    axes.set_title(title, loc="left", fontsize=11, color=_INK, fontweight="bold", parse_math=False)
    axes.annotate(
        " · ".join([picture.summary, *picture.notes]),
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 7),
        textcoords="offset points",
        fontsize=8,
        color=_QUIET,
    )
    if handles := _legend(picture):
        figure.legend(handles=handles, loc="outside lower left", ncols=8, frameon=False, fontsize=8, labelcolor=_QUIET)


def _legend(picture: Timeline) -> list[Patch | Line2D]:
    bars = [bar for lane in picture.lanes for bar in lane.bars]
    handles: list[Patch | Line2D] = [Patch(color=COLOURS[kind], label=kind) for kind in picture.kinds]
    if any(bar.still_held for bar in bars):
        handles.append(Line2D([], [], marker=">", linestyle="", color=_HELD, label="still held"))
    if any(bar.incomplete for bar in bars):
        handles.append(Patch(facecolor="#999999", hatch="////", edgecolor="white", label="not all of it is known"))
    return handles
