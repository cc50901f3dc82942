"""A new promotion that is sent incomplete: each bracket says what is missing, the first has the focus."""

import pytest

pytestmark = pytest.mark.browser


def test_an_incomplete_promotion_says_what_is_missing_where(open_page, check_accessibility):
    page = open_page(number="6", cookies={"tresen_language": "en"}, width=390)
    page.goto("/promotions/new?kind=together")
    page.get_by_role("button", name="Save and try").click()
    assert page.get_by_text("3 fields are missing or wrong; each says why.").is_visible()
    number = page.get_by_label("Number", exact=True)
    number.wait_for()
    assert number.evaluate("e => e === document.activeElement")
    for name, why in (("Number", "Receipts and figures"), ("How many pieces", "only so many")):
        field = page.get_by_label(name, exact=True)
        said = field.evaluate(
            "e => e.getAttribute('aria-describedby').split(' ')"
            ".map(id => document.getElementById(id).textContent).join(' ')"
        )
        assert why in said
        assert page.get_by_text(why).is_visible()
    assert page.locator("#sentence .slot.wrong").count() == 2
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    check_accessibility(page)
    # What is read again while it is filled in: the sentence in the reader's own way.
    page.get_by_label("How much", exact=True).fill("8000")
    page.get_by_text("together for €8,000.00").wait_for()
