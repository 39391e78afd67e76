"""Tests the advisor's report in Chromium: on a desktop, on a phone and on paper."""

import re
import subprocess
from pathlib import Path

import pytest

from browser.opened import DESK, PHONE, chromium, opened

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "target/report"

# The plots of each report: two for each metric, and one over time for demand, tasks, latency and
# each of the four recorded metrics.
PLOTS = {
    "recommended": {"metric-demand": 4, "metric-per-task": 4, "doubling": 1, "knee": 1, "series": 7},
    "none-suitable": {"metric-demand": 2, "metric-per-task": 2, "doubling": 1, "knee": 1, "series": 7},
    "not-enough": {"metric-demand": 4, "metric-per-task": 4, "doubling": 0, "knee": 1, "series": 7},
    # The load test of the README, with six metrics.
    "worker-pool": {"metric-demand": 6, "metric-per-task": 6, "doubling": 2, "knee": 1, "series": 9},
}
# Smaller text is not legible.
LEGIBLE = 9.0

each_report = pytest.mark.parametrize("name", PLOTS)
each_screen = pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module", autouse=True)
def reports():
    built = ROOT / "target/debug"
    advise = [built / "metric-advisor", "advise", "load-tests/worker-pool.csv", "--quiet"]
    for command in (
        [built / "examples/sample_report", FOLDER],
        [*advise, "--html", FOLDER / "worker-pool.html", "--force"],
    ):
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture
def report(browser, name, screen):
    with opened(browser, FOLDER / f"{name}.html", screen) as report:
        yield report


@each_report
@each_screen
def test_it_fetches_nothing_and_logs_no_errors(report, name, screen):
    report.page.screenshot(path=FOLDER / f"{name}-{screen['width']}.png", full_page=True)
    assert report.said == []
    assert report.asked == [(FOLDER / f"{name}.html").as_uri()]


@each_report
@each_screen
def test_every_plot_is_there_and_has_a_name(report, name, screen):
    for kind, count in PLOTS[name].items():
        drawn = report.boxes(f"figure[data-plot={kind}] > svg[role=img]")
        assert len(drawn) == count, kind
        assert all(box["width"] > 250 and box["height"] > 100 for box in drawn), kind
    named = report.page.locator("figure > svg > title").all_text_contents()
    assert len(named) == sum(PLOTS[name].values())
    assert all(named)


@each_report
@each_screen
def test_every_plot_has_something_in_it(report):
    empty = """all => all.filter(svg => !svg.querySelector(
        "circle, polygon, polyline[stroke-width='8'], rect")).map(svg => svg.textContent)"""
    assert report.page.locator("figure > svg").evaluate_all(empty) == []


@each_report
@each_screen
def test_the_page_does_not_scroll_sideways(report, screen):
    assert report.page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
    # Elements in .box scroll within it.
    beyond = """all => all.filter(one => !one.closest(".box") &&
        one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 99))"""
    assert report.page.locator("main *").evaluate_all(beyond) == []


@each_report
@each_screen
def test_the_sticky_column_leaves_space_for_the_others(report, screen):
    names = report.boxes(".box tbody th")
    assert names
    assert max(box["width"] for box in names) <= screen["width"] / 2


@each_report
@each_screen
def test_only_names_break_within_a_word_in_tables(report):
    broken = """all => all.filter(cell => {
        const words = document.createRange()
        return [...cell.childNodes].filter(node => node.nodeType == Node.TEXT_NODE).some(node =>
            [...node.data.matchAll(/\\S+/g)].some(word => {
                words.setStart(node, word.index)
                words.setEnd(node, word.index + word[0].length)
                return words.getClientRects().length > 1
            }))
    }).map(cell => cell.textContent)"""
    assert report.page.locator(".box th:not(.name), .box td").evaluate_all(broken) == []


@each_report
@each_screen
def test_no_text_in_a_plot_is_too_small_or_cut_off(report):
    sizes = report.page.locator("figure > svg text").evaluate_all(
        "all => all.map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d)"
    )
    assert min(sizes) >= LEGIBLE
    cut = """all => all.filter(text => {
        const [inner, outer] = [text, text.ownerSVGElement].map(one => one.getBoundingClientRect())
        return inner.left < outer.left - 1 || inner.right > outer.right + 1
            || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1
    }).map(text => text.textContent)"""
    assert report.page.locator("figure > svg text").evaluate_all(cut) == []


# Contrast of text and background by WCAG 2.2. Its level AA is 4.5.
CONTRAST = """all => {
    const numbers = color => color.match(/[\\d.]+/g).map(Number)
    const light = color => numbers(color).slice(0, 3).map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0)
    const behind = one => {
        const color = getComputedStyle(one).backgroundColor
        return numbers(color)[3] === 0 && one.parentElement ? behind(one.parentElement) : color
    }
    return all.map(one => {
        const style = getComputedStyle(one)
        const [less, more] = [one instanceof SVGElement ? style.fill : style.color, behind(one)].map(light).sort((a, b) => a - b)
        return (more + 0.05) / (less + 0.05)
    })
}"""


@each_report
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_legible_on_light_and_on_dark_screens(browser, name, scheme):
    with opened(browser, FOLDER / f"{name}.html", DESK, scheme) as report:
        report.page.screenshot(path=FOLDER / f"{name}-{scheme}.png", full_page=True)
        paper = report.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
        texts = report.page.locator("h1, h2, h3, p, li, dt, dd, th, td, a, pre, .badge, figcaption, figure > svg text")
        assert min(texts.evaluate_all(CONTRAST)) >= 4.5


@each_report
@pytest.mark.parametrize("screen", [DESK], ids=["desk"])
def test_contents_lead_to_every_section(report):
    links = report.page.locator("nav a")
    assert links.count() == report.page.locator("main > section[id]").count() >= 6
    links.last.click()
    assert report.page.evaluate("location.hash") == "#made"
    assert report.page.locator("#made").is_visible()


@each_report
@pytest.mark.parametrize("screen", [DESK], ids=["paper"])
def test_it_prints_on_several_pages(report, name):
    file = FOLDER / f"{name}.pdf"
    printed = report.page.pdf(path=file, format="A4", print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 1
    assert len(printed) < 2_000_000
    assert report.said == []
