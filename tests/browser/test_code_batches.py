"""The batches of codes of a promotion, by the keyboard alone and in English: made, found, taken out for printing."""

import pytest

pytestmark = pytest.mark.browser
ADDRESS = "/promotions/codes?id=SCHAL-10"


def tab_to(page, field):
    for _ in range(80):
        page.keyboard.press("Tab")
        if field.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {field}")


def test_a_batch_is_made_found_and_taken_out_by_keyboard(open_page):
    page = open_page(number="6", cookies={"tresen_language": "en"})
    page.goto(ADDRESS)
    for label, typed in (("Name", "Flyer 7"), ("All begin with", "F7"), ("How many codes", "20")):
        tab_to(page, page.get_by_label(label, exact=True))
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    row = page.get_by_role("row", name="Flyer 7")
    row.wait_for()
    assert "0 of 20" in row.inner_text()
    tab_to(
        page, page.get_by_role("searchbox", name="Name, beginning of the codes, or a whole code")
    )
    page.keyboard.type("f7")
    page.keyboard.press("Enter")
    page.wait_for_url("**&q=f7")
    assert page.locator("tbody tr").count() == 1
    tab_to(page, row.get_by_role("link", name="CSV"))
    with page.expect_download() as file:
        page.keyboard.press("Enter")
    lines = file.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 21
    assert all(line.startswith("F7") for line in lines[1:])
    page.goto(f"{ADDRESS}&q=nothing")
    assert page.get_by_text("No batch has “nothing”").is_visible()
    page.get_by_role("link", name="Show all").click()
    assert page.locator("tbody tr").count() == 2
