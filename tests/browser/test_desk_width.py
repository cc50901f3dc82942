"""Head office on screens of a desk, 1024 to 1920 px wide: tables fit, sentences have room and end somewhere."""

import pytest

from tests.browser.test_telephone import CUT_OFF
from tests.support.office_site import PAGES

pytestmark = pytest.mark.browser

LENGTHEN = """() => {
  const table = [...document.querySelectorAll('main table')].find(t => t.caption?.textContent === 'Umsatz je Kasse');
  for (const row of table.tBodies[0].rows) row.cells[1].textContent = 'Kranich & Kater Hamburg';
  for (const cell of table.querySelectorAll('td.num:last-child')) cell.textContent = '10.447,45 €';
  return [table.parentElement.scrollWidth, table.parentElement.clientWidth];
}"""


def test_the_tills_of_a_day_fit_beside_the_figures_whatever_their_stores_are_called(open_page):
    page = open_page(width=1280)
    page.goto("/day/2026-11-25")
    needed, there = page.evaluate(LENGTHEN)
    assert needed <= there


def test_what_a_job_does_is_read_in_two_lines(open_page):
    page = open_page(width=1280)
    page.goto("/jobs")
    heights = page.locator("th.words .caption.opt").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert heights
    assert max(heights) < 3 * 17
    fits = "e => e.scrollWidth <= e.clientWidth"
    assert page.get_by_role("group", name="Aufgaben").evaluate(fits)


# The pages with the widest tables; the weeks of the calendar are as wide as they are.
BROAD = (
    "tills", "exceptions", "write-offs", "gift card", "customer", "jobs", "audit", "price change",
    "codes of a promotion", "rules", "rollout",
)  # fmt: skip
WORDY = ("figures", "plan", "batches", "codes of a promotion", "rules")
LONG_LINES = """most => [...document.querySelectorAll('main p')].filter(e => e.checkVisibility()).flatMap(e => {
  const words = document.createRange();
  words.selectNodeContents(e);
  const width = Math.max(0, ...[...words.getClientRects()].map(box => box.width));
  return width > most ? [`${Math.round(width)} px: ${e.textContent.trim().slice(0, 60)}`] : [];
})"""


@pytest.mark.parametrize(("width", "language"), [(1024, "de"), (1280, "en")])
def test_tables_wrap_before_they_scroll(open_page, width, language):
    page = open_page(width=width, height=768, cookies={"tresen_language": language})
    found = {}
    for name in BROAD:
        page.goto(PAGES[name])
        if cut := page.evaluate(CUT_OFF, ".matrix"):
            found[name] = cut
    assert found == {}


def test_no_line_of_text_is_wider_than_one_can_read_on_a_large_screen(open_page):
    page = open_page(width=1920, height=1080)
    found = {}
    for name in WORDY:
        page.goto(PAGES[name])
        if long := page.evaluate(LONG_LINES, 960):
            found[name] = long
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert found == {}


WORD_HEIGHTS = """() => [...document.querySelectorAll('svg.chart.wide text')]
  .map(e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().d)"""
FIELD_WIDTHS = """() => [...document.querySelectorAll('main .grid.two .field :is(.input, .select)')]
  .filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().width)"""


@pytest.mark.parametrize("width", [1280, 1920])
@pytest.mark.parametrize("name", ["day", "figures"])
def test_the_words_of_a_chart_are_as_large_as_other_words(open_page, name, width):
    page = open_page(width=width)
    page.goto(PAGES[name])
    heights = page.evaluate(WORD_HEIGHTS)
    assert heights
    assert 10 < min(heights) <= max(heights) < 17


def test_fields_side_by_side_end_where_answers_do(open_page):
    page = open_page(width=1920, height=1080)
    for name in ("codes of a promotion", "promotion draft", "article form", "store form"):
        page.goto(PAGES[name])
        assert max(page.evaluate(FIELD_WIDTHS)) < 480
    page.goto(PAGES["store form"])
    assert page.locator("main textarea").first.bounding_box()["width"] <= 920


def test_the_weeks_of_the_calendar_stand_over_their_days(open_page):
    page = open_page(width=1280)
    page.goto(PAGES["promotion calendar"])
    line = page.locator(".timeline").first.bounding_box()
    weeks = [week.bounding_box()["x"] for week in page.locator(".week").all()]
    there = [line["x"] + n * line["width"] / 8 for n in range(8)]
    assert max(abs(a - b) for a, b in zip(weeks, there, strict=True)) < 2
    ways = page.locator("main .chips .btn")
    assert [round(way.bounding_box()["height"]) for way in ways.all()] == [32] * 5


def test_a_sentence_ends_no_line_before_its_colon(open_page):
    page = open_page(width=1280)
    page.goto(PAGES["promotion draft"])
    heights = page.locator("#sentence .slot").evaluate_all("all => all.map(e => e.offsetHeight)")
    displays = page.locator("#sentence .slot").evaluate_all(
        "all => all.map(e => getComputedStyle(e).display)"
    )
    assert (len(set(heights)), set(displays)) == (1, {"inline"})
