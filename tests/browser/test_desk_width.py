"""Head office on screens of a desk, 1024 to 1920 px wide: tables fit, sentences have room and end somewhere."""

import pytest

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
