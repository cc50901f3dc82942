"""Codes of batches at the centre: kept for one receipt, used as often as they may, found out where they were not."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from central_server.features.coupons import batches, service
from central_server.features.exceptions import service as exceptions
from central_server.gateway.journal import jobs as journal_jobs
from central_server.gateway.journal.projection import project_pending
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.catalogue.scan_rules import CheckDigit
from shared.coupons import CodeBatch, CodeUse, DrawnForm, DrawnKeys, Span, recognise
from shared.errors import DomainError
from shared.journal import receipt_to_body
from shared.journal.code_body import uses_to_body
from shared.wire.coupons import BATCH_KEY, batch_from_payload
from tests.integration.ledger_rig import named
from tests.integration.test_journal_intake import open_exceptions
from tests.integration.test_ledger_contract import together
from tests.support.journals import START, ImaginedTill

CODES = "/api/v1/till/codes"
MANY = 1_000_000 if os.environ.get("TRESEN_LONG") == "1" else 1_000
KEYS = DrawnKeys(b"t" * 32, b"c" * 32)
DRAWN = CodeBatch(named("batch"), "AUTUMN", "Mailing", DrawnForm("HERBST", 12), 1_000, keys=KEYS)
SPAN = CodeBatch(named("span"), "AUTUMN", "Flyer", Span("F", 6, 100, 299, CheckDigit.GTIN), 200)


class Shop:
    """A centre with a batch of codes, and two tills that have joined."""

    def __init__(self, web_centre, batch=DRAWN, **more):
        self.centre = web_centre
        self.database = web_centre.context.database
        self.batch = batch
        self.tills = {}
        self.journals = {}
        self.write(lambda unit: batches.make(unit, batch, "9001", self.now, **more))

    @property
    def now(self):
        return self.centre.clock.now()

    def write(self, work):
        return run_writing(self.database, work)

    def till(self, till_id):
        if till_id not in self.tills:
            self.tills[till_id] = self.centre.join(till_id)
            self.journals[till_id] = ImaginedTill(till_id)
        return self.tills[till_id]

    def code(self, place=0):
        return self.batch.code(place)

    def keep(self, name, code=None, till="DE01-T1", **changes):
        facts = {
            "auth_id": str(named(name)),
            "code": code or self.code(),
            "basket_id": str(named(f"basket {name}")),
        }
        answer = self.till(till).post(CODES, {**facts, **changes})
        body = answer.json()
        said = body["state"] if answer.status_code == 200 else body["code"]
        return answer.status_code, said, body.get("params", {})

    def release(self, name, till="DE01-T1"):
        return self.till(till).post(f"{CODES}/{named(name)}/release", {}).json()

    def sell(self, name, code=None, till="DE01-T1", *, alone=False, customer="", **changes):
        """A receipt that used a code, journalled, sent and booked."""
        self.till(till)
        use = CodeUse(named(name), code or self.code(), self.batch.batch_id, "AUTUMN", alone)
        more = {"customer": customer} if customer else {}
        more["basket_id"] = str(named(f"basket {name}"))
        event = self.journals[till].sell(codes=uses_to_body([use]), **more, **changes)
        self.send(till)
        return event

    def send(self, till="DE01-T1", first=1):
        batch = self.journals[till].batch(first).model_dump(mode="json")
        assert self.tills[till].post("/api/v1/till/journal", batch).status_code == 200
        clock = self.centre.context.business_clock
        while project_pending(self.database, journal_jobs.places, clock):
            pass

    def used(self, code=None):
        with reading(self.database) as unit:
            return service.look_up(unit, code or self.code()).state.used

    def exceptions(self):
        return [row[0] for row in open_exceptions(self.database)]

    def exception(self):
        with reading(self.database) as unit:
            (found,) = exceptions.listed(unit)
        return found


@pytest.fixture
def shop(web_centre):
    return Shop(web_centre)


def test_a_code_is_kept_once_and_answered_the_same_however_often_it_is_asked_for(shop):
    assert [shop.keep("a")[:2] for _ in range(3)] == [(200, "approved")] * 3
    status, code, params = shop.keep("b", till="DE01-T2")
    assert (status, code, params) == (409, "code_kept", {"till": "DE01-T1"})
    assert shop.keep("a", code=shop.code(1))[1] == "code_differs"
    assert shop.keep("a", till="DE01-T2")[:2] == (404, "authorisation_unknown")


def test_the_receipt_uses_it_up_and_says_to_the_next_one_when_and_where(shop):
    shop.keep("a")
    shop.sell("a")
    status, code, params = shop.keep("b", till="DE01-T2")
    assert (status, code) == (409, "code_exhausted")
    assert (params["store"], params["receipt"]) == ("DE01", "DE01-T1-1-1")
    assert params["day"].startswith("2026-11-25")
    assert shop.keep("a")[:2] == (200, "captured")
    assert shop.exceptions() == []


def test_a_doubled_message_uses_nothing_twice(shop):
    shop.keep("a")
    shop.sell("a")
    shop.send()
    assert shop.used() == 1


def test_a_code_that_is_given_back_or_kept_too_long_is_free(shop):
    shop.keep("a")
    assert shop.release("a")["state"] == "released"
    assert shop.keep("a")[:2] == (409, "code_given_back")
    assert shop.keep("b", till="DE01-T2")[1] == "approved"
    shop.centre.clock.at += timedelta(hours=11)
    assert shop.keep("c")[1] == "code_kept"
    shop.centre.clock.at += timedelta(hours=1)
    assert shop.keep("c")[1] == "approved"
    assert shop.keep("b", till="DE01-T2")[1] == "code_kept"
    shop.release("c")
    assert shop.keep("b", till="DE01-T2")[1] == "approved"


def test_a_release_that_overtakes_its_request_holds(shop):
    assert shop.release("a")["state"] == "released"
    assert shop.keep("a")[1] == "code_given_back"
    assert shop.release("a")["state"] == "released"
    assert shop.keep("b")[1] == "approved"


def test_what_a_receipt_used_is_not_given_back(shop):
    shop.keep("a")
    shop.sell("a")
    assert shop.release("a")["state"] == "captured"
    assert shop.used() == 1


def test_of_two_batches_made_at_the_same_moment_one_gets_the_numbers(shop):
    first_is_there, said = threading.Event(), []

    def make(unit, name, first):
        form = Span("P", 6, first, first + 99, CheckDigit.GTIN)
        batches.make(
            unit, replace(SPAN, batch_id=named(name), form=form, size=100), "9001", shop.now
        )

    def second():
        first_is_there.wait(10)
        try:
            shop.write(lambda unit: make(unit, "second", 150))
        except DomainError as refusal:
            said.append(refusal.code)

    other = threading.Thread(target=second)
    other.start()
    with writing(shop.database) as unit:
        make(unit, "first", 100)
        first_is_there.set()
        other.join(0.5)
        assert other.is_alive(), "it waits for the first one"
    other.join(10)
    assert said == ["code_batch_overlaps"]
    shop.write(lambda unit: make(unit, "third", 200))


def test_two_tills_want_the_last_use_at_once_and_one_of_them_gets_it(shop):
    tills = ["DE01-T1", "DE01-T2"]
    for till in tills:
        shop.till(till)
    for place in range(3):
        said = together(
            *(
                lambda till=till, place=place: shop.keep(f"{till} {place}", shop.code(place), till)[
                    1
                ]
                for till in tills
            )
        )
        assert sorted(said) == ["approved", "code_kept"]


def test_a_code_that_works_twice_works_twice(web_centre):
    shop = Shop(web_centre, replace(DRAWN, uses=2))
    assert shop.keep("a")[1] == shop.keep("b", till="DE01-T2")[1] == "approved"
    assert shop.keep("c")[1] == "code_kept"
    shop.sell("a")
    assert shop.keep("c")[1] == "code_kept"
    shop.sell("b", till="DE01-T2")
    assert shop.keep("c")[1] == "code_exhausted"


def test_what_was_used_twice_without_a_network_is_booked_and_looked_at(shop):
    shop.sell("a", alone=True)
    shop.sell("b", till="DE01-T2", alone=True)
    assert shop.used() == 2
    found = shop.exception()
    assert found["code"] == "code_overshot"
    assert (found["params"]["used"], found["params"]["limit"]) == (2, 1)
    assert found["params"]["first"] == "DE01-T1-1-1"


def test_a_receipt_that_comes_after_its_code_came_free_counts_all_the_same(shop):
    shop.keep("a")
    shop.centre.clock.at += timedelta(hours=12)
    shop.keep("b", till="DE01-T2")
    shop.sell("b", till="DE01-T2")
    shop.sell("a")
    assert shop.used() == 2
    assert shop.exceptions() == ["code_overshot"]


def test_made_up_and_blocked_codes_that_a_till_took_alone_are_looked_at(shop):
    forged = replace(DRAWN, keys=DrawnKeys(KEYS.till, b"guessed")).code(4)
    shop.sell("a", code=forged, alone=True)
    shop.write(lambda unit: service.block_code(unit, shop.code(), shop.now, on=True))
    shop.sell("b", alone=True)
    shop.write(lambda unit: batches.block(unit, DRAWN.batch_id, shop.now, on=True))
    shop.sell("c", code=shop.code(1), alone=True)
    assert sorted(shop.exceptions()) == ["code_used_blocked"] * 2 + ["code_used_unknown"]
    assert [shop.used(), shop.used(shop.code(1))] == [1, 1]


def test_what_is_refused_says_why(shop):
    code = shop.code(7)
    assert shop.keep("a", code=code[:-1] + ("1" if code[-1] != "1" else "2"))[1] == "code_mistyped"
    assert shop.keep("a", code="HERBST")[:2] == (404, "promotion_code_unknown")
    shop.write(lambda unit: service.block_code(unit, code, shop.now, on=True))
    assert shop.keep("a", code=code)[1] == "code_blocked"
    shop.write(lambda unit: service.block_code(unit, code, shop.now, on=False))
    assert shop.keep("a", code=code)[1] == "approved"
    shop.write(lambda unit: batches.block(unit, DRAWN.batch_id, shop.now, on=True))
    assert shop.keep("b")[1] == "code_blocked"


def test_a_batch_has_a_time(web_centre):
    now = web_centre.clock.now()
    soon = replace(DRAWN, starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    shop = Shop(web_centre, soon)
    assert shop.keep("a")[1] == "code_early"
    web_centre.clock.at += timedelta(hours=1)
    assert shop.keep("a")[1] == "approved"
    web_centre.clock.at += timedelta(hours=1)
    assert shop.keep("b", code=shop.code(1))[1] == "promotion_code_expired"
    shop.sell("c", code=shop.code(2), alone=True)
    assert shop.exceptions() == ["code_used_out_of_time"]  # its receipt was at nine o'clock


def test_codes_of_customers_are_for_these_alone(web_centre):
    each = replace(DRAWN, size=2, one_each=True)
    shop = Shop(web_centre, each, owners=["K-1001", "K-1002"])
    assert shop.keep("a")[1] == "code_other_customer"
    assert shop.keep("a", customer="K-1002")[1] == "code_other_customer"
    assert shop.keep("a", customer="K-1001")[1] == "approved"
    shop.sell("b", code=shop.code(1), customer="K-1001", alone=True)
    assert shop.exceptions() == ["code_used_by_other"]
    with reading(shop.database) as unit:
        stored = batches.get(unit, each.batch_id)
    assert dict(batches.written_out(shop.database, stored)) == {
        shop.code(0): "K-1001",
        shop.code(1): "K-1002",
    }


def test_codes_of_a_group_are_for_nobody_unknown(web_centre):
    shop = Shop(web_centre, replace(DRAWN, group="vip"))
    assert shop.keep("a", customer="K-9")[1] == "code_other_customer"


@pytest.mark.parametrize(("back", "used"), [(True, 0), (False, 1)])
def test_a_code_works_again_after_a_return_where_its_batch_says_so(web_centre, back, used):
    shop = Shop(web_centre, back_on_return=back)
    shop.keep("a")
    shop.sell("a")
    line = shop.journals["DE01-T1"]
    lost = [{"id": "AUTUMN", "version": 1, "applications": -1, "amount": -100}]
    event = line.receipt([("A-1", "-1", 1999)], Decimal(19))
    body = shop_return(event, "DE01-T1-1-1", lost)
    line.number += 1
    line.journal(
        "return.completed", {**body, "receipt": {**body["receipt"], "number": line.number}}
    )
    shop.send()
    assert shop.used() == used
    assert shop.keep("b")[1] == ("approved" if back else "code_exhausted")
    shop.send()
    assert shop.used() == used


def test_a_return_of_two_receipts_frees_the_code_whose_goods_all_came_back(web_centre):
    shop = Shop(web_centre, back_on_return=True)
    two = [("A-1", "1", 1999), ("A-2", "1", 2999)]
    shop.till("DE01-T1")
    till = shop.journals["DE01-T1"]
    for place in (0, 1):
        use = CodeUse(named(f"use {place}"), shop.code(place), DRAWN.batch_id, "AUTUMN")
        till.sell(*two, codes=uses_to_body([use]))
    bring_back(till, (1, 1), (2, 1), (2, 2))
    shop.send()
    assert [shop.used(shop.code(place)) for place in (0, 1)] == [1, 0]
    bring_back(till, (1, 2))  # the rest, which no promotion is taken back with any more
    shop.send()
    assert [shop.used(shop.code(place)) for place in (0, 1)] == [0, 0]


def bring_back(till, *lines):
    """Journal one return of lines, each named by the number of its receipt and its own there."""
    till.number += 1
    price = {1: 1999, 2: 2999}
    goods = [(f"A-{line}", "-1", price[line]) for _, line in lines]
    body = receipt_to_body(till.receipt(goods, Decimal(19)))
    for written, (number, line) in zip(body["lines"], lines, strict=True):
        receipt = f"{till.till_id}-1-{number}"
        written["origin"] = {"receipt": receipt, "line": line, "paid": price[line]}
    lost = [{"id": "AUTUMN", "version": 1, "applications": -1, "amount": -100}]
    till.journal("return.completed", {**body, "promotions": lost})


def shop_return(receipt, number, lost):
    body = receipt_to_body(receipt)
    (line,) = body["lines"]
    line["origin"] = {"receipt": number, "line": 1, "paid": 1999}
    return {**body, "promotions": lost}


def test_numbered_codes_are_kept_too(web_centre):
    shop = Shop(web_centre, SPAN)
    assert shop.keep("a", code=shop.code(0).lower())[1] == "approved"
    told = shop.release("a")
    assert (told["batch"], told["promotion"]) == (str(SPAN.batch_id), "AUTUMN")
    assert shop.release("never asked for")["batch"] is None
    outside = replace(SPAN, form=Span("F", 6, 0, 999, CheckDigit.GTIN), size=1000).code(300)
    assert shop.keep("b", code=outside)[1] == "promotion_code_unknown"


def test_tills_get_the_batches_without_what_only_the_centre_knows(shop):
    shop.centre.drain()
    rows = shop.till("DE01-T1").get("/api/v1/till/feeds/config?after=0").json()
    text = str(rows)
    assert KEYS.till.hex() in text
    assert KEYS.centre.hex() not in text
    with reading(shop.database) as unit:
        told = batches.till_rows(unit, [f"{BATCH_KEY}{DRAWN.batch_id}", "voucher_types"])
    (payload,) = told.values()
    assert batch_from_payload(payload) == replace(DRAWN, keys=DrawnKeys(KEYS.till))


def test_every_code_of_a_batch_is_written_out_once_and_read_again(centre):
    size = MANY
    asked = replace(DRAWN, size=size)
    made = run_writing(centre, lambda unit: batches.make(unit, asked, "9001", START))
    codes = [code for code, _ in batches.written_out(centre, made)]
    assert len(set(codes)) == len(codes) == size
    for place in (0, 1, size // 2, size - 1):
        found = recognise([made.codes], codes[place])
        assert found is not None
        assert found.place == place


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": 0}, "code_batch_size"),
        ({"size": 1_000_001}, "code_batch_size"),
        ({"uses": 0}, "code_batch_uses"),
        ({"form": DrawnForm("VW", 15)}, "code_batch_bare"),
        (
            {"form": Span("", 12, 400_000_000_000, 499_999_999_999), "keys": None, "size": 0},
            "code_batch_size",
        ),
        ({"form": Span("409", 12, 1, 9), "size": 9, "keys": None}, "code_batch_bare"),
        ({"form": Span("", 2, 5, 6), "size": 3, "keys": None}, "code_batch_size"),
    ],
)
def test_batches_that_there_are_not(centre, changes, code):
    with pytest.raises(DomainError) as caught:
        run_writing(
            centre,
            lambda unit: batches.make(
                unit, replace(DRAWN, batch_id=named("other"), **changes), "9001", START
            ),
        )
    assert caught.value.code == code


def test_a_batch_that_ends_before_it_begins_is_none(centre):
    wrong = replace(DRAWN, starts_at=START, ends_at=START)
    with pytest.raises(DomainError, match="code_batch_times"):
        run_writing(centre, lambda unit: batches.make(unit, wrong, "9001", START))
    with reading(centre) as unit, pytest.raises(DomainError, match="code_batch_unknown"):
        batches.get(unit, DRAWN.batch_id)
