"""Head office's pages in a real browser: for everybody's eyes, hands, languages and screens, and without scripts."""

import re

import pytest

from tests.support.head_office import PASSWORD
from tests.support.office_site import PAGES

pytestmark = pytest.mark.browser

WIDTHS = (390, 820, 1280, 1920)
REACHABLE = """() => {
  const every = 'a[href], button, input:not([type=hidden], [type=radio]:not(:checked)), '
    + 'select, textarea, summary, [tabindex="0"]';
  return [...document.querySelectorAll(every)].filter(e => e.checkVisibility({visibilityProperty: true}))
    .map((e, n) => { e.dataset.stop = n; return e.outerHTML.slice(0, 90); });
}"""
# Each stop as it gets the focus, looked at in the page itself: asking after every key takes twice as long.
WATCHED = """() => {
  window.watched = [];
  document.addEventListener('focusin', ({target}) => {
    if (target.dataset.stop === undefined) return;
    const box = target.getBoundingClientRect();
    const hit = target.querySelector('.hit');
    const style = getComputedStyle(target);
    const seen = style.outlineStyle !== 'none' || (hit && getComputedStyle(hit).stroke !== 'none')
      || target.parentElement.matches('.jump');
    window.watched.push({stop: Number(target.dataset.stop), seen: Boolean(seen),
      inside: box.bottom > 0 && box.top < innerHeight});
  });
}"""
BEGIN_AT_CONTENT = """() => {
  const content = document.getElementById('content');
  content.focus();
  const inside = [...content.querySelectorAll('[data-stop]')].map(e => Number(e.dataset.stop));
  return inside.length ? Math.min(...inside) : document.querySelectorAll('[data-stop]').length;
}"""
FINISHED = "last => window.watched.length > 0 && window.watched.at(-1).stop >= last"


def test_every_page_passes_axe_by_day_and_by_night(visit, check_accessibility):
    page = visit()
    check_accessibility(page)
    # By night the same page has other colours, and nothing else.
    page.emulate_media(color_scheme="dark")
    check_accessibility(page, only=("color-contrast", "link-in-text-block"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_gate_passes_axe(head_office, new_page, check_accessibility, scheme):
    page = new_page(base_url=head_office.address, color_scheme=scheme)
    page.goto("/login")
    check_accessibility(page)
    page.get_by_label("Personalnummer").fill("4711")
    page.get_by_label("Passwort").fill("falsch")
    page.get_by_role("button", name="Anmelden").click()
    assert "passen nicht zusammen" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Personalnummer").input_value() == "4711"
    check_accessibility(page)


def test_the_small_screens_pass_axe_too(open_page, check_accessibility):
    page = open_page(width=390, height=844)
    for name in ("day", "receipt", "till", "exception"):
        page.goto(PAGES[name])
        check_accessibility(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_theme_wins_over_the_systems(open_page, check_accessibility, theme):
    other = {"light": "dark", "dark": "light"}[theme]
    page = open_page(color_scheme=other)
    page.goto("/day/2026-11-25")
    page.get_by_role("button", name={"light": "Hell", "dark": "Dunkel"}[theme]).click()
    assert page.url.endswith("/day/2026-11-25")
    colour = page.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor")
    assert colour == {"light": "rgb(255, 255, 255)", "dark": "rgb(27, 30, 29)"}[theme]
    check_accessibility(page)


def test_no_page_scrolls_sideways_and_every_target_is_large_enough(visit):
    page = visit()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{wide} px at {width}"
        small = page.evaluate(
            """() => [...document.querySelectorAll('a[href], button, select, input:not([type=hidden]), summary')]
            .filter(e => e.checkVisibility() && !e.matches('.skip, .check input'))
            .map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 80)])
            .filter(([box]) => box.height < 23.5).map(([box, html]) => `${box.height} ${html}`)"""
        )
        assert small == [], f"at {width}"


def walk_by_tab(page, begin=None):
    """Tab leads to everything from where `begin` puts the focus, in order, and shows where it is."""
    stops = page.evaluate(REACHABLE)
    page.evaluate(WATCHED)
    first = page.evaluate(begin) if begin else 0
    for pressed in range(len(stops) - first + 40):
        page.keyboard.press("Tab")
        if pressed >= len(stops) - first - 1 and page.evaluate(FINISHED, len(stops) - 1):
            break
    seen = []
    for focused in page.evaluate("window.watched"):
        assert focused["seen"], f"no focus ring: {stops[focused['stop']]}"
        assert focused["inside"], f"out of sight: {stops[focused['stop']]}"
        if not seen or seen[-1] != focused["stop"]:  # a date field has several stops inside
            seen.append(focused["stop"])
    assert seen == list(range(first, len(stops)))


def test_the_tab_key_reaches_the_content_in_order_and_shows_where_it_is(visit):
    page = visit()
    # The menu is the same on every page: it is skipped, as people do.
    walk_by_tab(page, BEGIN_AT_CONTENT if page.locator("#content").count() else None)


@pytest.mark.parametrize(("name", "width"), [("day", 1280), ("day", 390), ("till", 390)])
def test_the_tab_key_reaches_everything_on_a_telephone_and_in_the_menu(open_page, name, width):
    page = open_page(width=width)
    page.goto(PAGES[name])
    walk_by_tab(page, BEGIN_AT_CONTENT if name != "day" else None)


def test_the_first_stop_skips_to_the_content(open_page):
    page = open_page()
    page.goto("/day/2026-11-25")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Zum Inhalt"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def tab_to(page, text):
    """Press Tab until something that reads `text` has the focus, and Enter."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and (focused.text_content() or "").strip() == text:
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    pytest.fail(f"{text!r} is not reached on {page.url}")


def test_from_signing_in_to_the_receipt_by_keyboard_and_without_scripts(head_office, new_page):
    page = new_page(base_url=head_office.address, javascript=False)
    page.goto("/day/2026-11-25")
    assert "/login?next=" in page.url
    page.locator("input:focus").wait_for()  # the browser gives it the focus with the first frame
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{head_office.address}/day/2026-11-25")
    tab_to(page, "Hamburg")
    page.wait_for_url("**/day/2026-11-25?store=DE01")
    tab_to(page, "DE01-T1")
    page.wait_for_url("**/receipts?date=2026-11-25&store=DE01&till=DE01-T1")
    tab_to(page, "DE01-T1-1-2")
    page.wait_for_url(re.compile(r"/receipts/[0-9a-f-]{36}$"))
    assert "29,96" in page.get_by_role("article").inner_text()


def test_every_page_stands_without_scripts(open_page):
    page = open_page(javascript=False)
    problems = []
    page.on("console", lambda message: problems.append(message.text))
    for address in PAGES.values():
        page.goto(address)
        assert page.locator("h1").inner_text()
        assert page.locator("main").inner_text().strip()
    assert [problem for problem in problems if "404" not in problem] == []


def test_the_chart_leads_to_the_receipts_of_its_hour_and_has_a_table(open_page):
    page = open_page(javascript=False)
    page.goto("/day/2026-11-25")
    page.get_by_text("Als Tabelle").click()
    assert page.get_by_role("row", name=re.compile("9–10 Uhr")).is_visible()
    page.locator("svg.chart.wide a").first.click()
    page.wait_for_url("**/receipts?**hour=9**")
    assert page.get_by_role("link", name=re.compile("Stunde: 9–10 Uhr")).is_visible()


def test_forms_work_without_scripts(open_page):
    page = open_page(javascript=False)
    page.goto("/day/2026-11-25")
    page.get_by_role("main").get_by_label("Filiale", exact=True).select_option("Bath")
    page.get_by_role("button", name="Anzeigen").click()
    page.wait_for_url("**/day/2026-11-25?store=UK01")
    page.goto("/tills/DE01-T2")
    page.get_by_role("button", name="Neuer Einmalcode").click()
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}", page.locator(".code-once").inner_text())
    page.get_by_label("Alles durchsuchen").fill("DE01-T1-1-2")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/receipts/[0-9a-f-]{36}$"))
    page.get_by_role("button", name="Abmelden").click()
    page.wait_for_url("**/login")


def visible_words(page):
    return page.locator("body").inner_text() + " ".join(
        page.locator("[aria-label], [title]").evaluate_all(
            "all => all.map(e => e.getAttribute('aria-label') || e.getAttribute('title'))"
        )
    )


# Words that only the other language has.
GERMAN = re.compile(
    r"\b(?:Filiale|Kasse|Bons?|Uhr|Zahlart|MwSt|Ausnahme|Abmelden|und|nicht|Einstellungen|Zustand|Summe)\b"
)
ENGLISH = re.compile(
    r"\b(?:store|tills?|receipts?|the|and|not|exceptions?|total|settings|state|sign|show)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("language", "foreign"), [("de", ENGLISH), ("en", GERMAN)], ids=["de", "en"]
)
def test_every_page_speaks_one_language(visit, language, foreign):
    page = visit(language)
    assert page.locator("html").get_attribute("lang") == language
    text = visible_words(page).replace("not_found", "")
    # Words of the journal and of the goods are data.
    text = re.sub(r"\S+\.\S+|Kein Kassenbeleg|Artikel \S+|\"[^\"]*\"", "", text)
    assert foreign.findall(text) == []


def test_somebody_elses_store_is_refused_on_a_clear_page(open_page, check_accessibility):
    page = open_page("10")
    page.goto("/day/2026-11-25?store=DE01")
    assert page.get_by_role("heading", level=1).inner_text() == "This store is not one of yours"
    check_accessibility(page)
    page.get_by_role("link", name="To today's figures").click()
    assert "Bath" in page.locator("main").inner_text()


def test_control_and_k_jump_to_the_search_which_leads_to_the_receipt(open_page):
    page = open_page()
    page.goto("/tills")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "jump"
    page.keyboard.type("DE01-T1-1-2")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/receipts/[0-9a-f-]{36}$"))


def test_a_list_answers_while_somebody_types(open_page):
    page = open_page()
    page.goto("/people")
    page.get_by_label("Name oder Nummer").press_sequentially("accoun")
    page.get_by_text("1 Person", exact=True).wait_for()
    assert page.get_by_role("row").count() == 2
    assert "q=accoun" in page.url


def test_arrow_keys_walk_the_matrix_of_an_article(open_page):
    page = open_page()
    page.goto("/articles/40-2217")
    page.locator(".matrix a").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.cell") == "1,1"
    page.keyboard.press("Enter")
    page.wait_for_url("**sku=F-Sand-32")


def test_a_merchandiser_changes_a_price_by_keyboard_and_without_scripts(open_page):
    page = open_page("6", javascript=False)
    page.goto("/prices/new?articles=S-1")
    page.get_by_label("auf einen Betrag gesetzt").check()
    page.get_by_label("Um oder auf").fill("12,90")
    page.keyboard.press("Enter")
    page.wait_for_url("**/prices/changes/*")
    assert page.get_by_role("row", name=re.compile("S-1-A.*12,90")).is_visible()


def test_a_debt_above_the_limit_is_written_off_by_two_people(head_office, open_page):
    asker = open_page("2")
    asker.goto("/values/write-offs")
    asker.get_by_label("Nummer oder Karte eines Kunden").fill("K-9999")
    asker.keyboard.press("Enter")
    assert "hat kein Kunde" in asker.get_by_role("alert").inner_text()
    asker.get_by_label("Nummer oder Karte eines Kunden").fill("K-1001")
    asker.keyboard.press("Enter")
    debts = asker.get_by_role("region", name="Was Kunde K-1001 schuldet")
    debts.get_by_label("Betrag").fill("51,00")
    debts.get_by_label("Grund").fill("Insolvenz angemeldet")
    debts.get_by_role("button", name="Ausbuchen").click()
    asked = asker.get_by_role("article", name="K-1001: 51,00")
    assert "Wartet auf eine zweite Person" in asked.inner_text()
    assert asked.get_by_role("button").count() == 0, "whoever asked does not decide"

    second = open_page("1")
    second.goto("/values/write-offs")
    second.get_by_role("article", name="K-1001: 51,00").get_by_role(
        "button", name="Zustimmen"
    ).click()
    row = second.get_by_role("row", name=re.compile("K-1001.*51,00"))
    assert "Ausgebucht" in row.inner_text()
    asker.goto("/values/write-offs?customer=K-1001")
    assert "26,50" in debts.inner_text()
