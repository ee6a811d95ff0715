"""Three kinds of plot as SVG for one HTML page: stacked bars, lines and points. No library, no script, no network."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 760, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 40, 14, 44
"""Margins of the plotting area."""
BAR, GAP = 20, 9
LABEL = 300
"""Width of a bar's name; longer ones are cut."""
LABEL_LETTERS = 46
RADIUS = 11
KEY, LETTER = 34, 7.5
"""Widths of a legend's square with what is around it, and of a letter."""
COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#888888")
"""Told apart by people who see fewer colours (Paul Tol's bright scheme)."""


Place = tuple[float, float]


class Series(NamedTuple):
    """One line, or one group of points."""

    label: str
    about: str
    points: Sequence[tuple[float, float]]


class Axis(NamedTuple):
    """From values to places, and where its ticks are."""

    name: str
    ticks: Sequence[float]
    place: Callable[[float], float]


def colour(number: int) -> str:
    """Of the series with this number."""
    return COLOURS[number % len(COLOURS)]


def stacked_bars(bars: Sequence[tuple[str, Mapping[str, float]]], unit: str) -> str:
    """A bar a line, made of its parts, on a logarithm-free axis: a part's length is its share."""
    stages = list(dict.fromkeys(name for _, parts in bars for name in parts))
    highest = max((sum(parts.values()) for _, parts in bars), default=1.0)
    height = TOP + len(bars) * (BAR + GAP) + 62
    axis = _linear("", (0.0, highest), (LABEL, WIDTH - 78))
    drawn = []
    for number, (label, parts) in enumerate(bars):
        y, x = TOP + number * (BAR + GAP), float(LABEL)
        drawn.append(_text(LABEL - 8, y + BAR - 5, _cut(label), "end"))
        for stage, value in parts.items():
            width = axis.place(value) - LABEL
            about = f"{label}, {stage}: {_short(value)} {unit}"
            style = f'fill="{colour(stages.index(stage))}"'
            drawn.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" {style}>{_title(about)}</rect>'
            )
            x += width
        drawn.append(_text(x + 6, y + BAR - 5, f"{_short(sum(parts.values()))} {unit}"))
    return _svg(height, [*drawn, *_legend(stages, height - 40)])


def lines(series: Sequence[Series], x: str, y: str, *, log_x: bool = False) -> str:
    """A line each, its name at its end; the vertical axis is logarithmic."""
    return _plot(series, x, y, log_x=log_x, joined=True)


def points(series: Sequence[Series], x: str, y: str) -> str:
    """A disc each, with its name in it; the horizontal axis is logarithmic."""
    return _plot(series, x, y, log_x=True, joined=False)


def _plot(series: Sequence[Series], x: str, y: str, *, log_x: bool, joined: bool) -> str:
    xs = [point[0] for one in series for point in one.points]
    ys = [point[1] for one in series for point in one.points]
    if not xs:
        return ""
    across = (LEFT + 2 * RADIUS, WIDTH - RIGHT - 2 * RADIUS)
    up = (HEIGHT - BOTTOM - RADIUS, TOP + RADIUS)
    axes = (
        _logarithmic(x, xs, across) if log_x else _whole(x, xs, across),
        _logarithmic(y, ys, up) if joined else _linear(y, (min(ys), max(ys)), up),
    )
    drawn = _frame(*axes)
    places = [[(axes[0].place(x), axes[1].place(y)) for x, y in one.points] for one in series]
    ends = [each[-1] for each in places]
    discs = _column(ends) if joined else _apart(ends)
    for number, one in enumerate(series):
        drawn += _series(one, colour(number), places[number], discs[number], joined=joined)
    return _svg(HEIGHT, drawn)


def _series(one: Series, paint: str, places: Sequence[Place], disc: Place, *, joined: bool) -> list[str]:
    about = _title(f"{one.about}: " + ", ".join(f"{_short(y)}" for _, y in one.points))
    drawn = []
    if joined:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{paint}" stroke-width="2">{about}</polyline>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{paint}"/>' for x, y in places]
    end = places[-1]
    if math.dist(disc, end) > 1:
        drawn.append(
            f'<line x1="{end[0]:.1f}" y1="{end[1]:.1f}" x2="{disc[0]:.1f}" y2="{disc[1]:.1f}" stroke="{paint}"/>'
        )
    drawn.append(f'<circle cx="{disc[0]:.1f}" cy="{disc[1]:.1f}" r="{RADIUS}" fill="{paint}">{about}</circle>')
    drawn.append(_text(disc[0], disc[1] + 4, one.label, "middle", "disc"))
    return drawn


def _column(ends: Sequence[Place]) -> list[Place]:
    """Discs beside the ends of lines, one above the other in the order of the ends, as near as there is room."""
    order = sorted(range(len(ends)), key=lambda number: ends[number][1])
    lowest = HEIGHT - BOTTOM - RADIUS
    step = min(2 * RADIUS, (lowest - TOP - RADIUS) / max(len(ends) - 1, 1))
    heights = dict.fromkeys(order, 0.0)
    above = -math.inf
    for number in order:
        above = heights[number] = max(ends[number][1], above + step)
    below = lowest + step
    for number in reversed(order):
        below = heights[number] = min(heights[number], below - step)
    return [(x + 2 * RADIUS, heights[number]) for number, (x, _) in enumerate(ends)]


def _apart(ends: Sequence[Place]) -> list[Place]:
    """Each disc where its point is, or as near as no other covers it."""
    taken: list[Place] = []
    for x, y in ends:
        taken.append(_free(x, y, taken))
    return taken


def _free(x: float, y: float, taken: Sequence[Place]) -> Place:
    """The nearest place, above or below, that no other disc covers; in a full column, beside it on the left."""
    for column in range(1 + len(taken)):
        left = x - 2 * RADIUS * column
        for step in range(2 * HEIGHT):
            up = y + (step + 1) // 2 * (1 if step % 2 else -1)
            inside = TOP + RADIUS <= up <= HEIGHT - BOTTOM - RADIUS
            if inside and all(math.dist((left, up), other) >= 2 * RADIUS for other in taken):
                return left, up
    return x, y


def _frame(x: Axis, y: Axis) -> list[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    drawn = []
    for tick in y.ticks:
        place = y.place(tick)
        drawn += [f'<line x1="{LEFT}" y1="{place:.1f}" x2="{right}" y2="{place:.1f}" class="grid"/>']
        drawn.append(_text(LEFT - 6, place + 4, _short(tick), "end"))
    for tick in x.ticks:
        place = x.place(tick)
        drawn += [f'<line x1="{place:.1f}" y1="{TOP}" x2="{place:.1f}" y2="{bottom}" class="grid"/>']
        drawn.append(_text(place, bottom + 16, _short(tick), "middle"))
    drawn.append(_text((LEFT + right) / 2, HEIGHT - 8, x.name, "middle"))
    turned = f'transform="rotate(-90 14 {(TOP + bottom) / 2:.0f})"'
    drawn.append(f'<text x="14" y="{(TOP + bottom) / 2:.0f}" text-anchor="middle" {turned}>{escape(y.name)}</text>')
    return drawn


def _logarithmic(name: str, values: Sequence[float], span: tuple[float, float]) -> Axis:
    low, high = math.log10(min(values)), math.log10(max(values))
    if high - low < 0.3:  # noqa: PLR2004  (at least a doubling is shown)
        low, high = (low + high) / 2 - 0.15, (low + high) / 2 + 0.15
    decades = range(math.floor(low) - 1, math.ceil(high) + 1)
    steps = (1,) if high - low > 3 else (1, 2, 5)  # noqa: PLR2004  (or there would be too many)
    ticks = [step * 10.0**decade for decade in decades for step in steps]

    def place(value: float) -> float:
        return span[0] + (math.log10(value) - low) / (high - low) * (span[1] - span[0])

    return Axis(name, [tick for tick in ticks if low - 1e-9 <= math.log10(tick) <= high + 1e-9], place)


def _linear(name: str, bounds: tuple[float, float], span: tuple[float, float]) -> Axis:
    low, high = bounds if bounds[1] > bounds[0] else (bounds[0] - 0.5, bounds[0] + 0.5)
    step = 10.0 ** math.floor(math.log10(high - low))
    step = next(step * part for part in (1, 0.5, 0.2) if (high - low) / (step * part) >= 3)  # noqa: PLR2004  (ticks)
    first, last = math.ceil(low / step), math.floor(high / step)

    def place(value: float) -> float:
        return span[0] + (value - low) / (high - low) * (span[1] - span[0])

    return Axis(name, [number * step for number in range(first, last + 1)], place)


def _whole(name: str, values: Sequence[float], span: tuple[float, float]) -> Axis:
    """An axis of a few whole numbers: each is a tick."""
    low, high = min(values), max(values)
    axis = _linear(name, (low, high), span)
    return axis._replace(ticks=[float(n) for n in range(math.ceil(low), math.floor(high) + 1)])


def _legend(names: Sequence[str], y: float) -> list[str]:
    # As wide as the names are, about, so that a long one does not meet the next.
    letters = sum(map(len, names)) or 1
    each = min(LETTER, (WIDTH - 2 * GAP - KEY * len(names)) / letters)
    drawn: list[str] = []
    x = float(GAP)
    for number, name in enumerate(names):
        drawn.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="12" height="12" fill="{colour(number)}"/>')
        drawn.append(_text(x + 17, y + 11, name))
        x += KEY + each * len(name)
    return drawn


def _svg(height: float, drawn: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img">{"".join(drawn)}</svg>'


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{name}>{escape(words)}</text>'


def _title(words: str) -> str:
    return f"<title>{escape(words)}</title>"


def _cut(label: str) -> str:
    return label if len(label) <= LABEL_LETTERS else f"{label[: LABEL_LETTERS - 1]}…"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004  (digits worth reading)
