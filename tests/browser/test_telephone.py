"""Head office on a telephone: every page is read without moving it, or a part of it, sideways."""

import pytest

pytestmark = pytest.mark.browser

# What is as wide as it is: a matrix of sizes and colours, and the columns of somebody's own file.
MAY_SCROLL = ".scroll-x:has(.matrix), .scroll-x:has(.preview)"
CUT_OFF = """may => [...document.querySelectorAll('main, main *')]
  .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
  .filter(e => ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(e).overflowX))
  .filter(e => !e.matches(may) && !e.matches('.vh, .truncate, .clip, thead, svg, input'))
  .map(e => `${e.scrollWidth} px in ${e.clientWidth} px: ${e.outerHTML.slice(0, 90)}`)"""
LARGE = """(box, amount) => {
  for (const cell of box.querySelectorAll('td.num:last-child')) cell.textContent = amount;
  for (const link of box.querySelectorAll('tbody th a'))
    link.textContent = link.textContent.replace('-1-', '-1-31');
}"""


@pytest.mark.parametrize("language", ["de", "en"])
def test_nothing_is_cut_off_or_scrolls_sideways_on_a_telephone(visit, language):
    page = visit(language, width=390, height=844)
    cut = page.evaluate(CUT_OFF, MAY_SCROLL)
    if page.evaluate("document.scrollingElement.scrollWidth > innerWidth"):
        cut.append("the page itself")
    assert cut == []


def test_a_row_becomes_a_card_that_names_its_values_and_leaves_out_what_is_nothing(open_page):
    page = open_page(width=390, height=844)
    page.goto("/tills")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="DE01-T1", exact=True))
    unsent = row.locator('[data-label="Nicht gesendet"]')
    assert unsent.inner_text() == "3"
    label = unsent.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"Nicht gesendet"'
    other = page.get_by_role("row").filter(has=page.get_by_role("link", name="DE01-T2", exact=True))
    assert other.is_visible()
    assert not other.locator('[data-label="Nicht gesendet"]').is_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    assert other.locator('[data-label="Nicht gesendet"]').is_visible()


def test_the_calendar_says_a_promotions_days_where_it_has_no_room_for_weeks(open_page):
    page = open_page(width=390, height=844)
    page.goto("/promotions/calendar")
    row = page.get_by_role("row", name="Zehn auf Schals")
    said = row.locator(".when")
    assert said.bounding_box()["width"] > 100
    assert said.inner_text().strip() == "jederzeit"
    page.set_viewport_size({"width": 1280, "height": 800})
    assert said.bounding_box()["width"] <= 1


@pytest.mark.parametrize(
    ("address", "group", "amount"),
    [
        ("/day/2026-11-25", "MwSt.", "33.401,40 €"),
        ("/receipts?date=2026-11-25", "Bons", "829,80 €"),
    ],
)
def test_amounts_of_a_large_house_fit_too(open_page, address, group, amount):
    page = open_page(width=390, height=844)
    page.goto(address)
    box = page.get_by_role("group", name=group, exact=True)
    box.evaluate(LARGE, amount)
    assert box.evaluate("e => e.scrollWidth <= e.clientWidth")
