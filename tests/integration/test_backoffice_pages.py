"""The pages of head office: right numbers, the way from the day down to the receipt, and nobody else's stores."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select

from central_server.features.exceptions.service import raise_check
from central_server.features.sales.tables import sale
from central_server.features.stores.service import ExchangeRate, store_rate
from central_server.features.tills.tables import till_code
from central_server.gateway.journal.tables import till_event
from central_server.platform.unit_of_work import reading, writing
from shared.journal import EVENT_TYPES, ConflictRule
from shared.journal.types import EventType
from tests.support.head_office import DAY, Desk, project, send
from tests.support.journals import START, ImaginedTill

NBSP = "\u00a0"


@pytest.fixture
def desk(chain):
    """Somebody of head office."""
    return at_desk(chain, "1")


def at_desk(chain, number):
    return Desk(chain.app).let_in(number)


def words(answer):
    """The text of a page as one line."""
    text = re.sub(r"<(style|head).*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text).replace("&nbsp;", " ")).replace(
        NBSP, " "
    )


def links(answer, starting):
    return [
        found.replace("&amp;", "&")
        for found in re.findall(r'href="([^"]+)"', answer.text)
        if found.startswith(starting)
    ]


def event_of(chain, till_id, seq):
    with reading(chain.context.database) as unit:
        return unit.connection.execute(
            select(till_event.c.event_id).where(
                till_event.c.till_id == till_id, till_event.c.seq == seq
            )
        ).scalar_one()


def test_the_first_page_is_todays(desk):
    assert desk.get("/").headers["location"] == "/day/2026-11-25"
    assert desk.get("/?store=DE01").headers["location"] == "/day/2026-11-25?store=DE01"


def test_the_day_says_its_sums_to_the_cent_by_currency(desk):
    page = words(desk.get("/day/2026-11-25"))
    assert "Mittwoch, 25. November 2026" in page
    # 19.99 + 29.96 + 6.99 - 19.99 + 39.96 in Hamburg, 25.00 in Vienna; 12.00 + 24.00 in Bath
    assert "101,91 €" in page
    assert "36,00 £" in page
    assert "Für diesen Tag ist kein Kurs von GBP nach EUR hinterlegt." in page
    assert "Gesamt in EUR" not in page


def test_with_a_rate_of_the_day_there_is_a_chain_total_with_its_source(chain, desk):
    rate = ExchangeRate(DAY, "GBP", "EUR", Decimal("1.15"), "ECB reference rate")
    with writing(chain.context.database) as unit:
        store_rate(unit, rate, START)
    page = words(desk.get("/day/2026-11-25"))
    assert "143,31 €" in page
    assert "1 GBP = 1,15 EUR am 25.11.2026, Quelle: ECB reference rate" in page
    with writing(chain.context.database) as unit:
        store_rate(
            unit, ExchangeRate(DAY + timedelta(days=1), "GBP", "EUR", Decimal(2), "x"), START
        )
    assert "143,31 €" in words(desk.get("/day/2026-11-25"))


def test_from_the_day_every_number_leads_down_to_the_receipt(desk):
    day = desk.get("/day/2026-11-25")
    assert "/day/2026-11-25?store=DE01" in links(day, "/day")
    store = desk.get("/day/2026-11-25?store=DE01")
    till = "/receipts?date=2026-11-25&store=DE01&till=DE01-T1"
    assert till in links(store, "/receipts")
    listed = desk.get(till)
    addresses = list(links(listed, "/receipts/"))
    assert len(addresses) == 4
    assert "4 Bons, 36,95 €" in words(listed)
    receipt = desk.get(addresses[-1])
    assert "DE01-T1-1-1" in words(receipt)
    for address in {*links(day, "/receipts"), *links(store, "/receipts"), *links(store, "/day")}:
        assert desk.get(address).status_code == 200, address


@pytest.mark.parametrize(
    ("narrowing", "count"),
    [
        ("vat=reduced:7000", 0),
        ("vat=standard:7000", 1),
        ("vat=standard:19000&store=DE01", 4),
        ("vat=standard:20000&currency=GBP", 2),
        ("tender=cash", 8),
        ("tender=change", 0),
        ("returns=1", 1),
        ("hour=9", 8),
        ("hour=10", 0),
        ("till=DE01-T2", 1),
    ],
)
def test_the_list_of_receipts_narrows_as_the_figures_do(desk, narrowing, count):
    page = desk.get(f"/receipts?date=2026-11-25&{narrowing}")
    assert len(links(page, "/receipts/")) == count


def test_a_receipt_is_shown_as_it_was_printed_with_its_place_in_the_journal(chain, desk):
    event_id = event_of(chain, "DE01-T1", 2)
    page = words(desk.get(f"/receipts/{event_id}"))
    for expected in (
        "Bon 1-2", "2 × 14,98", "29,96 €", "Regelsatz 19 % 25,18 4,78 29,96", "Bedienung 101",
        "Inkarnation 1, Ereignis 2", "sale.completed", str(event_id),
    ):  # fmt: skip
        assert expected in page
    with reading(chain.context.database) as unit:
        digest = unit.connection.execute(
            select(till_event.c.hash).where(till_event.c.event_id == event_id)
        ).scalar_one()
    assert digest.hex() in page


def test_a_receipt_is_found_by_its_number(chain, desk):
    found = desk.get("/receipts?number= de01-t1-1-2 ")
    assert found.headers["location"] == f"/receipts/{event_of(chain, 'DE01-T1', 2)}"
    for number in ("DE01-T1-1-99", "nonsense", "DE01-T1-1-99999999999", "DE01-T1-9999999999-1"):
        missing = desk.get("/receipts", params={"number": number})
        assert missing.status_code == 404
        assert f"Kein Bon mit der Nummer {number}" in words(missing)


def test_no_page_of_figures_or_lists_says_who_sold(chain, desk):
    for address in (
        "/day/2026-11-25",
        "/receipts?date=2026-11-25",
        "/figures?period=month&at=2026-11-25",
    ):
        assert "101" not in re.sub(r"101,91", "", words(desk.get(address)))
    for address in ("/api/v1/figures/day/2026-11-25", "/api/v1/receipts?date=2026-11-25"):
        assert "operator" not in desk.get(address).text
    event_id = event_of(chain, "DE01-T1", 2)
    assert "operator" not in desk.get(f"/api/v1/receipts/{event_id}").text


def test_a_long_day_is_paged_without_losing_or_repeating_a_receipt(chain, desk):
    till = ImaginedTill("DE01-T2", seed=0)
    for _ in range(121):
        till.sell(("A-3", "1", 3996))
    send(chain.context.database, till)
    project(chain.context.database)
    address, seen, pages = "/receipts?date=2026-11-25&till=DE01-T2", [], 0
    while address:
        page = desk.get(address)
        seen += links(page, "/receipts/")
        pages += 1
        address = next((found for found in links(page, "/receipts?") if "mark=" in found), None)
    assert (pages, len(seen), len(set(seen))) == (3, 121, 121)
    mark, numbers = None, []
    while True:
        params = {
            "date": "2026-11-25",
            "till": "DE01-T2",
            "limit": 50,
            **({"mark": mark} if mark else {}),
        }
        answer = desk.get("/api/v1/receipts", params=params).json()
        numbers += [row["number"] for row in answer["receipts"]]
        mark = answer["next"]
        if mark is None:
            break
    assert numbers[0] == "DE01-T2-1-121"
    assert len(set(numbers)) == 121
    assert desk.get("/api/v1/receipts?date=2026-11-25&mark=x").status_code == 400


def test_a_day_without_receipts_says_so_and_leads_to_one_that_has_some(desk):
    page = desk.get("/day/2026-11-24")
    assert "Keine Bons an diesem Tag" in words(page)
    assert "/day/2026-11-25" in links(page, "/day")


def test_a_store_manager_sees_the_own_store_only(chain):
    desk = at_desk(chain, "5")
    day = desk.get("/day/2026-11-25")
    assert "76,91 €" in words(day)
    assert "Bath" not in day.text
    foreign = event_of(chain, "UK01-T1", 1)
    for address in (
        "/day/2026-11-25?store=UK01",
        "/day/2026-11-25/figures.csv?store=UK01",
        "/receipts?store=UK01",
        f"/receipts/{foreign}",
        "/tills?store=UK01",
        "/tills/UK01-T1",
        "/tills/AT01-T1/copies/1/1",
        "/figures?store=UK01",
        "/exceptions?till=UK01-T1",
    ):
        answer = desk.get(address)
        assert answer.status_code == 403, address
        assert "Diese Filiale gehört nicht zu Ihren" in words(answer), address
    assert desk.get("/receipts?number=UK01-T1-1-1").status_code == 404
    assert "UK01" not in desk.get("/tills").text
    for address in (
        "/api/v1/figures?from=2026-11-25&to=2026-11-25&store=UK01",
        "/api/v1/figures/day/2026-11-25?store=UK01",
        "/api/v1/receipts?date=2026-11-25&store=UK01",
        f"/api/v1/receipts/{foreign}",
        "/api/v1/exceptions?till=UK01-T1",
    ):
        answer = desk.get(address)
        assert (answer.status_code, answer.json()["code"]) == (403, "store_not_allowed"), address


def test_programs_get_the_same_figures(desk):
    day = desk.get("/api/v1/figures/day/2026-11-25").json()
    assert {(row["currency"], row["gross"]) for row in day["totals"]} == {
        ("EUR", 10191),
        ("GBP", 3600),
    }
    assert day["missing_rates"] == ["GBP"]
    assert day["chain"] is None
    assert {(row["rate_thousandths"], row["gross"]) for row in day["vat"]} == {
        (19000, 6992), (7000, 699), (20000, 2500), (20000, 3600),
    }  # fmt: skip
    rows = desk.get("/api/v1/figures?from=2026-11-01&to=2026-11-30").json()
    assert [(row["store_id"], row["business_date"], row["gross"]) for row in rows] == [
        ("AT01", "2026-11-25", 2500), ("DE01", "2026-11-25", 7691), ("UK01", "2026-11-25", 3600),
    ]  # fmt: skip
    assert (
        desk.get("/api/v1/figures?from=2026-11-02&to=2026-11-01").json()["code"] == "range_invalid"
    )


@pytest.mark.parametrize("number", ["1", "2", "3", "4", "5", "6"])
def test_every_role_with_pages_opens_all_of_them(chain, number):
    desk = at_desk(chain, number)
    for address in (
        "/day/2026-11-25",
        "/receipts",
        "/tills",
        "/tills/DE01-T1",
        "/exceptions",
        "/figures",
        "/settings",
    ):
        assert desk.get(address).status_code == 200, address


def test_every_page_and_every_interface_asks_who_is_there(chain):
    nobody = Desk(chain.app)
    event_id = event_of(chain, "DE01-T1", 1)
    filled = {
        "day": "2026-11-25", "event_id": str(event_id), "till_id": "DE01-T1", "exception_id": "1",
        "incarnation": "1", "seq": "1", "store_id": "DE01",
    }  # fmt: skip
    open_to_all = {
        "/login",
        "/static/{name}",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/openapi.json",
        "/preferences",
        "/day",
    }
    schema = chain.app.openapi()["paths"]
    addresses = {path for path in schema if not path.startswith("/api/v1/till/")}
    addresses |= {
        "/", "/day/{day}", "/day/{day}/figures.csv", "/receipts", "/receipts/{event_id}", "/tills", "/tills/{till_id}",
        "/tills/{till_id}/copies/{incarnation}/{seq}", "/exceptions", "/exceptions/{exception_id}", "/report",
        "/figures/days.csv", "/settings",
    }  # fmt: skip
    for path in sorted(addresses - open_to_all):
        address = re.sub(r"{(\w+)}", lambda found: filled.get(found[1], "x"), path)
        answer = nobody.get(
            address, params={"from": "2026-11-25", "to": "2026-11-25", "date": "2026-11-25"}
        )
        expected = {401, 405} if path.startswith("/api/") else {303}
        assert answer.status_code in expected, path
    for path in (
        "/tills/DE01-T1/code",
        "/tills/DE01-T1/withdraw",
        "/exceptions/1/retry",
        "/exceptions/1/dismiss",
        "/logout",
    ):
        assert nobody.client.post(path).status_code == 401


def test_tills_show_how_they_do_and_two_journals_side_by_side(chain, desk):
    page = words(desk.get("/tills"))
    assert "DE01-T1" in page
    assert "Sendet nach" not in page
    assert "Angehalten: zwei Journale" in page
    till = desk.get("/tills/AT01-T1")
    assert "Zwei Fassungen des Journals" in words(till)
    both = desk.get("/tills/AT01-T1/copies/1/1")
    hashes = re.findall(r"\b[0-9a-f]{64}\b", words(both))
    assert len(set(hashes)) == 2
    assert both.text.count("&#34;total&#34;: 2500") == 2
    assert desk.get("/tills/DE01-T1/copies/1/1").status_code == 404
    assert desk.get("/tills/NO-SUCH").status_code == 404


def test_a_code_is_shown_once_and_the_withdrawal_is_seen(chain, desk):
    answer = desk.send("/tills/DE01-T2/code")
    code = re.search(r'<code class="code-once">([0-9A-Z-]+)</code>', answer.text)[1]
    assert code not in desk.get("/tills/DE01-T2").text
    with reading(chain.context.database) as unit:
        row = unit.connection.execute(select(till_code)).one()
    assert row.created_by == "1"
    assert code.replace("-", "") not in str(row)
    assert desk.send("/tills/DE01-T2/withdraw", reason="Wasserschaden").status_code == 303
    page = words(desk.get("/tills/DE01-T2"))
    assert "Zurückgezogen" in page
    assert "Grund: Wasserschaden" in page


@pytest.mark.parametrize(
    ("number", "status"), [("1", 200), ("4", 200), ("2", 403), ("3", 403), ("5", 403), ("6", 403)]
)
def test_codes_are_for_head_office_and_regional_managers(chain, number, status):
    assert at_desk(chain, number).send("/tills/DE01-T2/code").status_code == status


def test_a_regional_manager_keeps_the_own_tills_only(chain):
    assert at_desk(chain, "4").send("/tills/UK01-T1/withdraw").status_code == 403


def test_exceptions_say_why_and_what_next(desk):
    page = words(desk.get("/exceptions"))
    assert "Diese Version kennt Ereignisse der Art mystery.happened nicht." in page
    assert "Aktualisieren Sie die Zentrale und buchen Sie dann erneut." in page
    detail = desk.get("/exceptions/1")
    assert "&#34;what&#34;: &#34;nobody knows&#34;" in detail.text
    assert desk.get("/exceptions/4711").status_code == 404
    assert "Nichts wartet" in words(desk.get("/exceptions?till=UK01-T1"))


def test_an_exception_is_booked_again_once_its_cause_is_mended(chain, desk, monkeypatch):
    assert desk.send("/exceptions/1/retry").headers["location"] == "/exceptions/1?tried=1"
    assert "Weiterhin nicht möglich" in words(desk.get("/exceptions/1?tried=1"))
    known = EventType("mystery.happened", 1, ConflictRule.FACT)
    monkeypatch.setitem(EVENT_TYPES, "mystery.happened", known)
    assert desk.send("/exceptions/1/retry").headers["location"] == "/exceptions/1"
    page = words(desk.get("/exceptions/1"))
    assert "Gebucht" in page
    assert "Geschlossen von 1" in page
    answer = desk.send("/exceptions/1/dismiss")
    assert answer.status_code == 409
    assert "Jemand war schneller" in words(answer)
    assert "Nichts wartet" in words(desk.get("/exceptions"))
    assert "mystery.happened" in words(desk.get("/exceptions?state=closed"))


def test_an_exception_is_settled_with_one_click_in_the_list(chain, desk):
    page = desk.get("/exceptions")
    assert 'action="/exceptions/1/retry"' in page.text
    stays = desk.send("/exceptions/1/retry", back="1")
    assert stays.headers["location"] == "/exceptions/1?tried=1", "what stands against it is said"
    with writing(chain.context.database) as unit:
        raise_check(unit, "nightly", "customer_field_conflict", {}, START)
    notice = re.search(r'action="(/exceptions/\d+/dismiss)"', desk.get("/exceptions").text)
    assert notice is not None, "what is booked and wants a look is taken note of"
    assert desk.send(notice[1], back="1").headers["location"] == "/exceptions"
    assert notice[1] not in desk.get("/exceptions").text
    assert "/retry" not in at_desk(chain, "3").get("/exceptions").text


def test_who_settles_in_the_list_stays_where_they_were(chain, desk):
    with writing(chain.context.database) as unit:
        raise_check(unit, "nightly", "customer_field_conflict", {}, START)
    page = desk.get("/exceptions?state=all&before=4711").text
    form = re.search(r'action="(/exceptions/\d+/dismiss)">(.*?)</form>', page)
    assert form is not None
    fields = dict(re.findall(r'name="(back|state|till|before)" value="(.*?)"', form[2]))
    assert fields == {"back": "1", "state": "all", "before": "4711"}
    answer = desk.send(form[1], **fields)
    assert answer.headers["location"] == "/exceptions?state=all&before=4711"
    filtered = desk.get("/exceptions?till=DE01-T1").text
    assert 'name="till" value="DE01-T1"' in filtered
    assert "/exceptions/1" in desk.get("/exceptions?before=1").text, "no page is left empty"


@pytest.mark.parametrize(
    ("number", "retry", "dismiss"),
    [("2", 403, 303), ("3", 403, 403), ("4", 403, 403), ("5", 403, 403)],
)
def test_who_may_book_again_and_who_may_dismiss(chain, number, retry, dismiss):
    desk = at_desk(chain, number)
    assert desk.send("/exceptions/1/retry").status_code == retry
    assert desk.send("/exceptions/1/dismiss").status_code == dismiss
    listed = desk.get("/api/v1/exceptions").json()
    assert len(listed) == (0 if dismiss == 303 else 1)


def test_a_booking_that_the_database_refuses_changes_nothing(chain, desk):
    database = chain.context.database
    till = ImaginedTill("DE01-T2", seed=7, incarnation=2)
    good = till.sell(("A-1", "1", 100))
    send(database, till)
    project(database)
    with writing(database) as unit:
        unit.connection.execute(sale.delete().where(sale.c.event_id == UUID(int=0)))
    twin = ImaginedTill("AT01-T2", "AT01", market="AT")
    twin.journal("sale.completed", {"nothing": "in it"}, good.event_id)
    send(database, twin)
    project(database)
    rows = desk.get("/api/v1/exceptions").json()
    assert rows[0]["code"] == "event_field_wrong"
    before = desk.get("/api/v1/figures/day/2026-11-25").json()
    desk.send(f"/exceptions/{rows[0]['id']}/retry")
    assert desk.get("/api/v1/figures/day/2026-11-25").json() == before


def test_the_day_as_a_file_is_written_for_the_readers_spreadsheet(chain, desk):
    answer = desk.get("/day/2026-11-25/figures.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="tresen-2026-11-25.csv"'
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("Zeile;Filialnummer;Filiale;Datum;Was;")
    assert "Kasse;DE01;Hamburg;2026-11-25;DE01-T1;;EUR;4;1;3;0,00;36,95;;" in lines
    assert "MwSt.;DE01;Hamburg;2026-11-25;Regelsatz;7;EUR;;;;;6,99;6,53;0,46" in lines
    assert "Zahlart;UK01;Bath;2026-11-25;Bar;;GBP;2;;;;36,00;;" in lines
    english = at_desk(chain, "3").get("/figures/days.csv?from=2026-11-01&to=2026-11-30").text
    assert "Store,UK01,Bath,2026-11-25,,,GBP,2,0,3,0.00,36.00,," in english.splitlines()


def test_a_name_that_looks_like_a_formula_stays_text(chain, desk):
    from central_server.features.stores.service import change_store

    with writing(chain.context.database) as unit:
        change_store(unit, "DE01", name="=HYPERLINK(1)")
    assert ";'=HYPERLINK(1);" in desk.get("/day/2026-11-25/figures.csv").text


@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/nowhere", 404, "Hier ist nichts"),
        ("/day/2026-13-45", 422, "Diese Adresse ist nicht lesbar"),
        ("/receipts/0192f000-0000-7000-8000-000000000000", 404, "Hier ist nichts"),
        ("/receipts?vat=standard:x", 400, "Diese Adresse ist nicht lesbar"),
        ("/receipts?hour=99", 422, "Diese Adresse ist nicht lesbar"),
        ("/day/2026-11-25?store=NOPE", 404, "Hier ist nichts"),
        ("/tills/DE01-T1/code", 405, "Diese Adresse nimmt nur Formulare an"),
    ],
)
def test_wrong_addresses_answer_with_a_page_in_the_readers_language(desk, address, status, title):
    answer = desk.get(address)
    assert answer.status_code == status
    assert title in words(answer)


def test_our_own_faults_show_an_id_and_no_trace(chain, desk, monkeypatch):
    monkeypatch.setattr("central_server.backoffice.day_page.DayWriter", None)
    answer = desk.get("/day/2026-11-25")
    assert answer.status_code == 500
    assert re.search(r"Fehlerkennung [0-9a-f]{12}", words(answer))
    assert "Traceback" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_programs_get_json_even_for_what_is_not_there(desk):
    assert desk.get("/api/v1/nowhere").json()["code"] == "not_found"
    answer = desk.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.json()["code"] == "not_found"


def test_files_may_be_kept_for_ever_because_their_address_changes(desk):
    page = desk.get("/settings").text
    style = re.search(r'href="(/static/app\.[0-9a-f]{12}\.css)"', page)[1]
    answer = desk.get(style)
    assert "immutable" in answer.headers["cache-control"]
    for font in re.findall(r"url\((inter[^)]+)\)", answer.text):
        assert desk.get(f"/static/{font}").headers["content-type"] == "font/woff2"
    assert desk.get("/static/app.css").status_code == 404
