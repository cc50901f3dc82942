"""Batches of codes at head office: made, written out, blocked, and one code looked up."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import openpyxl
import pytest

from central_server.backoffice.long_files import csv_lines, sheet
from central_server.backoffice.promotion_form import Reading, body_of, given_of
from central_server.backoffice.promotion_pages import _a_year_later
from central_server.features.audit.tables import audit_entry
from central_server.features.coupons import batches
from central_server.features.promotions import service as promotions
from central_server.features.promotions.document import read_file
from central_server.platform.unit_of_work import reading, run_writing
from shared.coupons import CodeUse, literal_of
from shared.journal.code_body import uses_to_body
from tests.integration.ledger_rig import named
from tests.support.head_office import NOW, Desk, project, send
from tests.support.journals import ImaginedTill

AUTUMN = {
    "id": "HERBST",
    "name": "Herbst",
    "reward": {"percent": "10"},
    "when": {"codes": [literal_of("HERBST")]},
}
PAGE = "/promotions/codes?id=HERBST"
DRAWN = {
    "id": "HERBST", "name": "Brief", "kind": "drawn", "prefix": "hb", "signs": "12", "wanted": "30",
    "uses": "1",
}  # fmt: skip
NUMBERED = {
    "id": "HERBST", "name": "Flyer", "kind": "span", "prefix": "F", "first": "0100", "last": "0299",
    "check": "luhn", "uses": "2",
}  # fmt: skip


@pytest.fixture
def shop(chain):
    wish = promotions.Publication(NOW, "command", timedelta(days=7))
    file = read_file(json.dumps([AUTUMN]).encode(), "EUR")
    run_writing(chain.context.database, lambda unit: promotions.publish(unit, file, wish))
    return chain


@pytest.fixture
def desk(shop):
    return Desk(shop.app).let_in("6")


def made(shop):
    with reading(shop.context.database) as unit:
        return batches.of_promotion(unit, "HERBST")


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def find(desk, code):
    return desk.send("/promotions/codes/find", PAGE, id="HERBST", code=code)


def test_a_merchandiser_makes_batches_and_takes_them_to_the_printing_house(shop, desk):
    assert desk.send("/promotions/codes", PAGE, **DRAWN).status_code == 303
    assert desk.send("/promotions/codes", PAGE, **NUMBERED).status_code == 303
    drawn, numbered = sorted(made(shop), key=lambda one: one.codes.name)
    assert (drawn.codes.size, drawn.codes.form.prefix) == (30, "HB")
    assert (numbered.codes.size, numbered.codes.uses) == (200, 2)
    assert "0 von 30" in words(desk.get(PAGE))
    lines = list(
        csv.reader(
            io.StringIO(desk.get(f"/promotions/codes/{drawn.batch_id}.csv").text), delimiter=";"
        )
    )
    assert lines[0] == ["code", "customer"]
    assert [line[0] for line in lines[1:]] == [drawn.codes.code(place) for place in range(30)]
    file = desk.get(f"/promotions/codes/{numbered.batch_id}.xlsx").content
    rows = list(openpyxl.load_workbook(io.BytesIO(file), read_only=True).active.values)
    assert (len(rows), rows[1][0]) == (201, numbered.codes.code(0))
    assert desk.get(f"/promotions/codes/{drawn.batch_id}.pdf").status_code == 404
    with reading(shop.context.database) as unit:
        done = unit.connection.execute(audit_entry.select()).mappings()
        kinds = [(row["action"], row["kind"]) for row in done if row["kind"] == "code_batch"]
    assert kinds == [("added", "code_batch")] * 2 + [("exported", "code_batch")] * 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"prefix": "SOMMER"}, "1 bis 12 Ziffern und Buchstaben"),
        ({"signs": "9"}, "1 bis 12 Ziffern und Buchstaben"),
        ({"wanted": "0"}, "Von 1 bis"),
        ({"wanted": "1000001"}, "Von 1 bis"),
        ({"uses": "x"}, "-mal."),
        ({"starts": "2026-12-02T00:00", "ends": "2026-12-01T00:00"}, "das Ende nach dem Anfang"),
        ({"ends": "bald"}, "das Ende nach dem Anfang"),
        ({"starts": "0001-01-01T00:00"}, "das Ende nach dem Anfang"),
        ({"ends": "9999-12-31T23:59"}, "das Ende nach dem Anfang"),
        ({"ends": "2026-01-01T00:00"}, "noch nicht vorbei"),
        ({"kind": "span", "first": "000100", "last": "299"}, "gleich vielen Ziffern"),
        ({"kind": "span", "first": "0299", "last": "0100"}, "gleich vielen Ziffern"),
        ({"kind": "span", "first": "01x0", "last": "0299"}, "gleich vielen Ziffern"),
        ({"bound": "group", "group": "niemand"}, "In dieser Gruppe ist niemand"),
        ({"bound": "named", "customers": "K-99"}, "kein Kunde"),
    ],
)
def test_what_is_typed_wrongly_stays_and_is_said(desk, changes, said):
    answer = desk.send("/promotions/codes", PAGE, **{**DRAWN, **changes})
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'value="Brief"' in answer.text


@pytest.mark.parametrize("check", ["luhn", "gtin"])
def test_numbers_are_in_one_batch_and_the_page_says_in_which(shop, desk, check):
    assert desk.send("/promotions/codes", PAGE, **NUMBERED).status_code == 303
    again = {**NUMBERED, "check": check, "first": "0299", "last": "0400"}
    answer = desk.send("/promotions/codes", PAGE, **again)
    assert answer.status_code == 422
    assert "in der Codeserie Flyer der Aktion HERBST" in words(answer)
    for free in ({"first": "0300"}, {"prefix": "G"}):
        answer = desk.send("/promotions/codes", PAGE, **{**again, **free})
        assert answer.status_code == 303
    assert len(made(shop)) == 3


def test_a_code_is_looked_up_with_where_it_was_used_and_blocked(shop, desk):
    desk.send("/promotions/codes", PAGE, **DRAWN)
    (batch,) = made(shop)
    code = batch.codes.code(3)
    assert "Kann eingelöst werden" in words(find(desk, code.lower()))
    till = ImaginedTill("DE01-T2")
    till.sell(("A-3", "1", 3996))  # what it has sent already
    till.sell(codes=uses_to_body([CodeUse(named("a"), code, batch.batch_id, "HERBST")]))
    send(shop.context.database, till)
    project(shop.context.database)
    said = words(find(desk, code))
    assert "Aufgebraucht" in said
    assert "DE01-T2-1-2" in said
    assert "1 von 30" in words(desk.get(PAGE))
    assert "vertippt" in words(find(desk, code[:-1] + ("2" if code[-1] != "2" else "3")))
    assert "gibt es nicht" in words(find(desk, "HB"))
    other = batch.codes.code(4)
    blocked = desk.send("/promotions/codes/block-code", PAGE, id="HERBST", code=other, on="1")
    assert "Gesperrt" in words(blocked)
    assert "1 Code gesperrt" in words(blocked)
    free = desk.send("/promotions/codes/block-code", PAGE, id="HERBST", code=other)
    assert "Kann eingelöst werden" in words(free)
    address = f"/promotions/codes/{batch.batch_id}/block"
    assert desk.send(address, PAGE, on="1").status_code == 303
    assert "Gesperrt" in words(find(desk, other))
    assert desk.send(address, PAGE).status_code == 303
    assert "Kann eingelöst werden" in words(find(desk, other))


def test_a_whole_code_in_the_search_leads_to_its_batch_and_what_became_of_it(shop, desk):
    desk.send("/promotions/codes", PAGE, **DRAWN)
    desk.send("/promotions/codes", PAGE, **NUMBERED)
    drawn = next(batch for batch in made(shop) if batch.codes.name == "Brief")
    code = drawn.codes.code(3)
    said = desk.get(f"{PAGE}&q={code.lower()}")
    assert said.status_code == 200
    assert re.findall(r'<tr><th scope="row">(.*?)</th>', said.text) == ["Brief"]
    assert "Kann eingelöst werden" in words(said)
    assert "Noch keine Kasse hat ihn eingelöst oder danach gefragt." in words(said)
    till = ImaginedTill("DE01-T2")
    till.sell(("A-3", "1", 3996))  # what it has sent already
    till.sell(codes=uses_to_body([CodeUse(named("a"), code, drawn.batch_id, "HERBST")]))
    send(shop.context.database, till)
    project(shop.context.database)
    said = words(desk.get(f"{PAGE}&q={code}"))
    assert "Aufgebraucht" in said
    assert "DE01-T2-1-2" in said
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert "vertippt" in words(desk.get(f"{PAGE}&q={wrong}"))
    # Who may not look codes up is told no more than before.
    reader = Desk(shop.app).let_in("3")
    assert "No batch has" in words(reader.get(f"{PAGE}&q={code}"))
    # On the page of another promotion it says whose it is.
    other = {**AUTUMN, "id": "WINTER", "name": "Winter"}
    wish = promotions.Publication(NOW, "command", timedelta(days=7))
    file = read_file(json.dumps([other]).encode(), "EUR")
    run_writing(shop.context.database, lambda unit: promotions.publish(unit, file, wish))
    page = desk.get(f"/promotions/codes?id=WINTER&q={code}")
    assert "Dieser Code gehört zur Serie „Brief“ einer anderen Aktion: Herbst" in words(page)
    assert 'href="/promotions/codes?id=HERBST"' in page.text


def test_who_may_not_change_promotions_sees_batches_but_no_codes(shop, desk):
    desk.send("/promotions/codes", PAGE, **DRAWN)
    (batch,) = made(shop)
    reader = Desk(shop.app).let_in("3")
    page = reader.get(PAGE)
    assert "Brief" in page.text
    assert "/promotions/codes/find" not in page.text
    assert reader.get(f"/promotions/codes/{batch.batch_id}.csv").status_code == 403


def test_the_builder_asks_for_codes_of_batches_and_reads_that_back():
    reading_of = Reading("de", "EUR", "Europe/Berlin")
    given = given_of(AUTUMN, reading_of)
    assert given is not None
    assert (given.code_batches, given.codes) == ("1", "")
    assert body_of(given, reading_of) == AUTUMN
    both = {**AUTUMN, "when": {"codes": ["KRANICH", literal_of("HERBST")]}}
    assert body_of(given_of(both, reading_of), reading_of) == both


def test_codes_of_this_year_do_not_open_the_promotion_of_the_next(shop):
    with reading(shop.context.database) as unit:
        copied = _a_year_later(unit, AUTUMN)
    assert copied["when"]["codes"] == [literal_of(copied["id"])]
    assert copied["id"] == "HERBST-2"


def test_a_promotion_that_does_not_ask_for_codes_says_so(shop, desk):
    plain = {**AUTUMN, "when": {}}
    wish = promotions.Publication(NOW, "command", timedelta(days=7))
    file = read_file(json.dumps([plain]).encode(), "EUR")
    run_writing(shop.context.database, lambda unit: promotions.publish(unit, file, wish))
    assert "verlangt noch keinen Code" in words(desk.get(PAGE))


def test_long_files_come_in_parts_and_hold_no_formulas():
    rows = [("code", "=1+1")] * 1_201
    parts = list(csv_lines(iter(rows)))
    assert len(parts) == 3
    assert "".join(parts).splitlines() == ["code;'=1+1"] * 1_201
    pieces = list(sheet(iter(rows)))
    assert len(pieces) == 3
    found = openpyxl.load_workbook(io.BytesIO(b"".join(pieces)), read_only=True).active
    assert list(found.values) == [("code", "'=1+1")] * 1_201
