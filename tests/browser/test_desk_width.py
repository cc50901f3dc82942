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


def test_tables_wrap_before_they_scroll_on_a_small_screen(open_page):
    page = open_page(width=1024, height=768)
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
