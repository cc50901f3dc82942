"""A till with codes of batches that it does not have, and the real centre, which knows whose they are."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from central_server.features.coupons import batches
from central_server.features.promotions import service as promotions
from central_server.features.promotions.document import read_file
from central_server.gateway import ended_batches
from pos_client.features.basket.ports import CodeHeard
from shared.catalogue.scan_rules import CheckDigit
from shared.coupons import DrawnForm, DrawnKeys, Span
from shared.errors import DomainError
from tests.integration.ledger_rig import named
from tests.integration.test_till_codes import (
    BATCH,
    PROMOTION,
    SPRING,
    Chain,
    ask,
    discount,
    outstanding,
    pay,
    put_on,
    refused,
)
from tests.simulation.centre import SKUS


@pytest.fixture
def chain():
    chain = Chain()
    yield chain
    chain.world.close()
    chain.world.centre.restore()


NEW = replace(BATCH, batch_id=named("new"), size=10, keys=DrawnKeys(b"n" * 32, b"m" * 32))


def test_a_batch_that_the_till_does_not_have_yet_counts_once_the_centre_says_whose_it_is(chain):
    now = chain.world.clock.now()
    chain.write(lambda unit: batches.make(unit, NEW, "9001", now))
    here = chain.here
    here.open().basket.on_add(SKUS[0])
    for scan in (here.open().basket.on_scan, here.open().basket.on_code):
        state = scan(NEW.code(0))
        assert (state.codes, discount(here)) == ((NEW.code(0),), 0)
        ask(here, state)
        assert discount(here) == 100
        said = refused("code_promotion_taken", put_on, here)
        assert said.params == {"other": NEW.code(0)}
        here.open().basket.on_no_code(NEW.code(0))
    put_on(here)
    said = refused(
        "code_promotion_taken", lambda: ask(here, here.open().basket.on_code(NEW.code(1)))
    )
    assert said.params == {"other": BATCH.code(0)}
    here.open().basket.on_no_code(BATCH.code(0))
    ask(here, here.open().basket.on_scan(NEW.code(2)))
    here.die()
    ask(here, here.open().basket.refresh())
    (use,) = pay(here).codes
    assert (use.batch_id, use.promotion, use.alone) == (NEW.batch_id, "EINMAL", False)
    chain.world.settle()
    assert chain.exceptions() == []


def test_whose_a_code_of_no_batch_here_is_the_centre_says_for_each_customer(chain):
    each = replace(NEW, size=1, one_each=True)
    now = chain.world.clock.now()
    chain.write(lambda unit: batches.make(unit, each, "9001", now, ["K-1"]))
    here, code = chain.here, each.code(0)
    basket = here.open().basket
    basket.on_add(SKUS[0])
    basket.on_customer("K-1")
    ask(here, basket.on_code(code))
    assert discount(here) == 100
    refused("code_other_customer", lambda: ask(here, basket.on_customer("K-2")))
    assert (basket.refresh().codes, discount(here)) == ((), 0)
    basket.on_customer("K-1")
    ask(here, basket.on_code(code))
    refused("code_other_customer", lambda: ask(here, basket.on_no_customer()))
    ask(here, basket.on_customer("K-1"))
    ask(here, basket.on_code(code))
    assert [use.code for use in pay(here).codes] == [code]
    chain.world.settle()
    assert chain.exceptions() == []


def test_what_the_till_does_not_know_is_not_called_unknown_before_the_centre_says_so(chain):
    here = chain.here
    basket = here.open().basket
    basket.on_add(SKUS[0])
    nobodys = replace(NEW, form=DrawnForm("Q", 10)).code(0)
    here.bridge.cut = True
    refused("code_needs_centre", lambda: ask(here, basket.on_scan(nobodys)))
    refused("code_needs_centre", lambda: ask(here, basket.on_code("SOMMER24")))
    here.bridge.cut = False
    refused("promotion_code_unknown", lambda: ask(here, basket.on_scan(nobodys)))
    refused("promotion_code_unknown", lambda: ask(here, basket.on_scan("GS-24")))
    refused("promotion_code_unknown", lambda: ask(here, basket.on_code("SOMMER24")))
    for article in ("4006381333931", "NOTHING", "MA-101", "DE01-T1-1-42"):
        with pytest.raises(DomainError):
            basket.on_scan(article)  # said at once: it is none
    assert (basket.refresh().codes, discount(here)) == ((), 0)


def test_the_number_of_a_bank_card_is_asked_of_nobody(chain):
    basket = chain.here.open().basket
    for typed in ("4111111111111111", "4111 1111 1111 1111", ";4111111111111111=30122010000?"):
        refused("payment_card_swiped", basket.on_code, typed)
    assert (chain.here.open().sale.basket, outstanding(chain.here)) == (None, [])


def test_who_practises_asks_nobody(chain):
    basket = chain.here.open().basket
    basket.on_training(on=True)
    refused("promotion_code_unknown", basket.on_code, NEW.code(0))
    refused("promotion_code_unknown", basket.on_code, "SOMMER24")


def test_a_centre_that_does_not_say_whose_a_code_is_leaves_it_unknown(chain):
    basket = chain.here.open().basket
    request = basket.on_code("SOMMER24").code_request
    refused("promotion_code_unknown", lambda: basket.on_code_heard(CodeHeard(request.auth_id)))
    assert basket.refresh().codes == ()


def test_a_batch_that_ended_long_ago_leaves_the_till_and_the_centre_says_when_it_was(chain):
    now = chain.world.clock.now()
    over = replace(NEW, ends_at=now + timedelta(days=1))
    chain.write(lambda unit: batches.make(unit, over, "9001", now))
    chain.world.settle()
    till = chain.here.open()
    till.basket.on_add(SKUS[0])

    def is_there_after(days):
        chain.world.clock.at += timedelta(days=days)
        ended_batches.leave(chain.world.centre.context)
        chain.world.settle()
        ids = [batch.batch_id for batch in till.rules.code_batches()]
        assert BATCH.batch_id in ids
        return over.batch_id in ids

    for days, there in ((90, True), (2, False)):
        assert is_there_after(days) is there
        ended = lambda: ask(chain.here, till.basket.on_scan(over.code(0)))  # noqa: E731
        assert refused("promotion_code_expired", ended).params["day"]
    chain.write(lambda unit: batches.block(unit, over.batch_id, now, on=True))
    chain.world.settle()  # told once more, until the next night
    assert not is_there_after(0)


def test_a_code_that_only_the_centre_may_know_is_shown_as_it_was_typed(chain):
    here = chain.here
    basket = here.open().basket
    basket.on_add(SKUS[0])
    state = basket.on_code(" Oster-Lilo 24 ")
    assert state.codes == ("Oster-Lilo 24",)
    assert state.code_request.code == "0STER111024"
    here.die()
    unknown = refused("promotion_code_unknown", lambda: ask(here, here.open().basket.refresh()))
    assert unknown.params == {"code": "Oster-Lilo 24"}
    mistyped = BATCH.code(0).lower()[:-1] + "?"
    assert refused("code_mistyped", here.open().basket.on_code, mistyped).params == {
        "code": mistyped
    }


def test_a_batch_without_an_end_leaves_with_its_promotion_and_comes_back_with_it(chain):
    numbered = replace(
        BATCH, batch_id=named("numbered"), form=Span("N", 4, 0, 49, CheckDigit.NONE), keys=None
    )
    chain.write(lambda unit: batches.make(unit, numbered, "9001", chain.world.clock.now()))

    all_three = {BATCH.batch_id, SPRING.batch_id, numbered.batch_id}

    def publish(until):
        document = PROMOTION | {"when": PROMOTION["when"] | {"until": until.isoformat()}}
        file = read_file(json.dumps([document]).encode(), "EUR")
        wish = promotions.Publication(chain.world.clock.now(), "command", timedelta(days=7))
        chain.write(lambda unit: promotions.publish(unit, file, wish))

    def there_after(days):
        chain.world.clock.at += timedelta(days=days)
        ended_batches.leave(chain.world.centre.context)
        chain.world.settle()
        there = {batch.batch_id for batch in chain.here.open().rules.code_batches()}
        return there & all_three

    publish(chain.world.clock.now() + timedelta(days=1))
    assert there_after(90) == all_three
    # Nothing was published of the other one yet: its batch waits for it.
    assert there_after(2) == {SPRING.batch_id}
    publish(chain.world.clock.now() + timedelta(days=1))
    assert there_after(0) == all_three
