"""The page, in a real browser: it needs no network, fits its window, and no word of a plot lies on another."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from edge.bench import charts, page
from tests.bench import reports

pytestmark = pytest.mark.slow

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")

LOOK = """
<pre id="seen"></pre><script>
addEventListener("load", () => {
  const box = e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
  const plots = [...document.querySelectorAll("svg")].map(svg => ({
    box: box(svg), texts: [...svg.querySelectorAll("text")].map(t => [t.textContent, ...box(t)]) }));
  document.getElementById("seen").textContent = JSON.stringify({
    plots, width: document.documentElement.scrollWidth, window: innerWidth,
    rows: document.querySelectorAll("tbody tr").length,
    fetched: performance.getEntriesByType("resource").map(e => e.name) });
});
</script></body>"""


def look(path: Path, width: int, folder: Path) -> dict[str, Any]:
    """What a browser with a window of that width makes of the page."""
    seen = folder / "seen.html"
    seen.write_text(path.read_text(encoding="utf-8").replace("</body>", LOOK), encoding="utf-8")
    assert BROWSER is not None
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    window = [f"--user-data-dir={folder}/user", f"--window-size={width},2000"]
    command = [BROWSER, *options, *window, "--dump-dom", seen.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found is not None, done.stderr
    result: dict[str, Any] = json.loads(found[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))
    return result


def overlap(a: list[Any], b: list[Any]) -> bool:
    """Whether two boxes share more than an edge; the first field is the text."""
    return min(a[3], b[3]) - max(a[1], b[1]) > 1 and min(a[4], b[4]) - max(a[2], b[2]) > 2


@pytest.mark.skipif(BROWSER is None, reason="there is no chromium: apt install chromium")
def test_a_browser_shows_it_whole(tmp_path: Path) -> None:
    report = reports.whole()
    path = tmp_path / "bench.html"
    path.write_text(page.render(report), encoding="utf-8")
    for width in (500, 1300):
        seen = look(path, width, tmp_path)
        assert seen["fetched"] == []
        assert seen["width"] <= seen["window"], "the page is wider than its window"
        assert seen["rows"] == len(report.rows) + len(report.bars)
        assert len(seen["plots"]) == 7  # two and three of the subjects, two of growth
        for plot in seen["plots"]:
            left, top, right, bottom = plot["box"]
            for text in plot["texts"]:
                assert text[1] >= left - 1, text
                assert text[2] >= top - 1, text
                assert text[3] <= right + 1, text
                assert text[4] <= bottom + 1, text
            pairs = [(a, b) for i, a in enumerate(plot["texts"]) for b in plot["texts"][:i] if overlap(a, b)]
            assert pairs == []


def test_it_refers_to_nothing_outside() -> None:
    text = page.render(reports.whole())
    assert not re.findall(r"https?:|src=|href=|@import|url\(|<script", text)
    assert "RuntimeError: &lt;no&gt; &amp; more" in text


def test_discs_make_way_for_each_other() -> None:
    same = [charts.Series(str(number), "", [(1.0, 0.5)]) for number in range(5)]
    places = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="11"', charts.points(same, "x", "y"))
    assert len(set(places)) == 5
    heights = sorted(float(y) for _, y in places)
    assert all(b - a >= 2 * charts.RADIUS - 0.2 for a, b in itertools.pairwise(heights))


def test_lines_names_are_in_the_order_of_their_ends_and_do_not_cover_each_other() -> None:
    ends = [1.0, 0.02, 0.3, 0.021, 0.022, 0.5, 0.019]
    drawn = charts.lines([charts.Series(str(n), "", [(1.0, 0.9), (2.0, end)]) for n, end in enumerate(ends)], "x", "y")
    heights = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)" r="11"', drawn)]
    order = sorted(range(len(ends)), key=lambda n: -ends[n])
    assert sorted(range(len(ends)), key=lambda n: heights[n]) == order
    assert all(heights[b] - heights[a] >= 2 * charts.RADIUS - 0.2 for a, b in itertools.pairwise(order))
