"""A till with codes that work once, and the real centre: asked, taken alone, given back, used up by the receipt."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from central_server.features.coupons import batches, service
from central_server.features.promotions import service as promotions
from central_server.features.promotions.document import read_file
from central_server.gateway import ended_batches
from central_server.platform.unit_of_work import reading, run_writing
from pos_client.app.code_line import CodeLine
from pos_client.features.basket.ports import CodeHeard
from pos_client.storage.authorisations import OutstandingAuthorisations
from pos_client.sync.ports import CentreRefusedError
from shared.catalogue.scan_rules import CheckDigit
from shared.coupons import CodeBatch, CouponState, DrawnForm, DrawnKeys, Span, literal_of
from shared.errors import DomainError, EnvironmentProblem
from tests.integration.ledger_rig import named
from tests.integration.test_journal_intake import open_exceptions
from tests.simulation.centre import SKUS
from tests.simulation.world import World

BATCH = CodeBatch(
    named("batch"), "EINMAL", "Brief", DrawnForm("E", 10), 50, keys=DrawnKeys(b"t" * 32, b"c" * 32)
)
SPRING = replace(
    BATCH, batch_id=named("spring"), promotion="SPRING", form=DrawnForm("S", 10), size=9
)
PROMOTION = {
    "id": "EINMAL",
    "name": "1 € mit Code",
    "stage": "basket",
    "combine": "stack",
    "reward": {"amount": "1.00"},
    "when": {"codes": [literal_of("EINMAL")]},
}


class Chain:
    """Two tills and a centre that has published a promotion with a batch of codes."""

    def __init__(self):
        self.world = World(1)
        self.here, self.there = self.world.devices
        self.database = self.world.centre.context.database
        now = self.world.clock.now()
        file = read_file(json.dumps([PROMOTION]).encode(), "EUR")
        wish = promotions.Publication(now, "command", timedelta(days=7))
        self.write(lambda unit: promotions.publish(unit, file, wish))
        for batch in (BATCH, SPRING):
            self.write(lambda unit, batch=batch: batches.make(unit, batch, "9001", now))
        self.world.settle()
        for device in (self.here, self.there):
            device.die()

    def write(self, work):
        return run_writing(self.database, work)

    def used(self, place=0):
        with reading(self.database) as unit:
            return service.look_up(unit, BATCH.code(place)).state.used

    def exceptions(self):
        return [row[0] for row in open_exceptions(self.database)]


@pytest.fixture
def chain():
    chain = Chain()
    yield chain
    chain.world.close()
    chain.world.centre.restore()


def ask(device, state):
    """As the window does it: what the basket wants to know is asked in another lane, and heard in the till's."""
    line = CodeLine(device.open(), device.transport())
    while state.code_request is not None:
        line.connect()
        state = device.open().basket.on_code_heard(line.ask(state.code_request))
    return state


def put_on(device, place=0, batch=BATCH):
    return ask(device, device.open().basket.on_code(batch.code(place)))


def pay(device):
    till = device.open()
    till.payment.on_cash()
    till.payment.on_finish()
    return device.receipts()[-1]


def discount(device):
    return device.open().sale.totals.discount


def refused(code, op, *arguments):
    with pytest.raises(DomainError) as caught:
        op(*arguments)
    assert caught.value.code == code
    return caught.value


def outstanding(device):
    rows = OutstandingAuthorisations(device.open().journal.file).all()
    return [(row.kind, row.state) for row in rows]


def test_a_code_counts_once_the_centre_has_said_so_and_once(chain):
    here, there = chain.here, chain.there
    here.open().basket.on_add(SKUS[0], "2")
    state = here.open().basket.on_scan(BATCH.code(0).lower())
    assert (state.codes, discount(here)) == ((BATCH.code(0),), 0)
    ask(here, state)
    assert discount(here) == 100
    there.open().basket.on_add(SKUS[0])
    assert refused("code_kept", put_on, there).params == {"till": here.till_id}
    receipt = pay(here)
    assert [(use.code, use.alone) for use in receipt.codes] == [(BATCH.code(0), False)]
    assert outstanding(here) == []
    chain.world.settle()
    said = refused("code_exhausted", put_on, there)
    assert said.params["receipt"] == str(receipt.receipt_id)
    assert there.open().basket.refresh().codes == ()
    assert (chain.used(), chain.exceptions()) == (1, [])


def test_the_word_of_a_promotion_opens_it_for_nobody(chain):
    basket = chain.here.open().basket
    refused("promotion_code_unknown", basket.on_code, literal_of("EINMAL"))
    refused("promotion_code_unknown", lambda: ask(chain.here, basket.on_code("EINMAL")))
    assert chain.here.open().sale.basket is None


def test_a_code_that_comes_first_opens_a_receipt_and_goes_with_it(chain):
    put_on(chain.here)
    assert chain.here.open().sale.basket is not None
    chain.here.open().basket.on_no_code(BATCH.code(0))
    assert chain.here.open().sale.basket is None
    chain.world.settle()
    put_on(chain.there)
    assert outstanding(chain.here) == []


def test_a_code_that_gave_nothing_is_not_used_up(chain):
    chain.write(
        lambda unit: promotions.withdraw(
            unit,
            "EINMAL",
            promotions.Publication(chain.world.clock.now(), "command", timedelta(days=7), "test"),
        )
    )
    chain.world.settle()
    chain.here.open().basket.on_add(SKUS[0])
    put_on(chain.here)
    assert pay(chain.here).codes == ()
    chain.world.settle()
    assert chain.used() == 0
    put_on(chain.there)


def test_without_a_network_the_till_takes_as_many_as_the_chain_lets_it(chain):
    here, there = chain.here, chain.there
    for device in (here, there):
        device.bridge.cut = True
        device.open().basket.on_add(SKUS[0])
        assert "später" in put_on(device).notice
        assert discount(device) == 100
        refused("code_needs_centre", put_on, device, 0, SPRING)
        pay(device)
    here.open().basket.on_add(SKUS[0])
    refused("code_needs_centre", put_on, here)  # this till knows that it is used
    put_on(here, 2)
    here.open().basket.on_park()
    here.open().basket.on_add(SKUS[0])
    refused("code_needs_centre", put_on, here, 2)
    here.open().basket.on_cancel()
    here.bridge.cut = there.bridge.cut = False
    chain.world.settle()
    assert (chain.used(), chain.exceptions()) == (2, ["code_overshot"])
    assert chain.used(2) == 0


def test_a_lost_answer_and_a_killed_till_keep_a_code_for_one_receipt(chain):
    here = chain.here
    here.open().basket.on_add(SKUS[0])
    here.open().basket.on_code(BATCH.code(0))
    here.bridge.faults.answer_lost = 100
    request = here.open().basket.refresh().code_request
    heard = CodeLine(here.open(), here.transport()).ask(request)
    assert heard == CodeHeard(request.auth_id, silent=True)
    here.die()
    here.bridge.faults.answer_lost = 0
    assert here.open().basket.refresh().code_request == request
    ask(here, here.open().basket.refresh())
    assert discount(here) == 100
    pay(here)
    chain.world.settle()
    assert (chain.used(), chain.exceptions()) == (1, [])


def test_a_receipt_that_is_taken_up_again_asks_anew(chain):
    here, there = chain.here, chain.there
    here.open().basket.on_add(SKUS[0])
    put_on(here)
    here.open().basket.on_park()
    chain.world.settle()  # it is kept for nobody while it lies there
    there.open().basket.on_add(SKUS[0])
    put_on(there)
    pay(there)
    chain.world.settle()
    state = here.open().basket.on_recall()
    assert discount(here) == 0
    refused("code_exhausted", ask, here, state)
    assert pay(here).codes == ()
    chain.world.settle()
    assert (chain.used(), chain.exceptions()) == (1, [])


def test_a_code_is_kept_for_as_long_as_a_receipt_is_open(chain):
    here, there = chain.here, chain.there
    here.open().basket.on_add(SKUS[0])
    put_on(here)
    chain.world.clock.at += timedelta(hours=11)
    there.open().basket.on_add(SKUS[0])
    refused("code_kept", put_on, there)


def test_a_code_taken_alone_is_asked_for_when_its_receipt_is_taken_up(chain):
    here, there = chain.here, chain.there
    here.bridge.cut = True
    here.open().basket.on_add(SKUS[0])
    put_on(here)
    here.open().basket.on_park()
    ask(here, here.open().basket.on_recall())
    assert discount(here) == 100  # still nobody answers
    here.open().basket.on_park()
    here.bridge.cut = False
    there.open().basket.on_add(SKUS[0])
    put_on(there)
    pay(there)
    chain.world.settle()
    refused("code_exhausted", ask, here, here.open().basket.on_recall())
    assert discount(here) == 0


def test_a_till_takes_its_own_code_again_before_the_centre_heard_that_it_gave_it_back(chain):
    here = chain.here
    here.open().basket.on_add(SKUS[0])
    put_on(here)
    here.open().basket.on_no_code(BATCH.code(0))
    put_on(here)
    here.open().basket.on_park()
    ask(here, here.open().basket.on_recall())
    here.open().basket.on_cancel()
    here.open().basket.on_add(SKUS[0])
    put_on(here)
    assert discount(here) == 100
    pay(here)
    chain.world.settle()
    assert (chain.used(), outstanding(here), chain.exceptions()) == (1, [], [])


def test_a_till_takes_no_code_alone_that_it_used_itself(chain):
    here = chain.here
    here.open().basket.on_add(SKUS[0])
    put_on(here)
    pay(here)
    chain.world.settle()
    here.bridge.cut = True
    here.open().basket.on_add(SKUS[0])
    refused("code_needs_centre", put_on, here)


class Answering:
    """A centre that is there and answers each question with one refusal."""

    def __init__(self, refusal):
        self.refusal = refusal

    def keep_code(self, _request):
        raise self.refusal


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (CentreRefusedError(401, "till_unknown"), "code_till_refused"),
        (CentreRefusedError(403, "till_blocked"), "code_till_refused"),
        (CentreRefusedError(429, "rate_limited"), "code_ask_later"),
        (EnvironmentProblem("centre_failing", {"status": 429}), "code_ask_later"),
    ],
)
def test_a_centre_that_refuses_the_till_is_not_a_silent_one(chain, refusal, code):
    basket = chain.here.open().basket
    basket.on_add(SKUS[0])
    request = basket.on_code(BATCH.code(0)).code_request
    line = CodeLine(chain.here.open(), Answering(refusal))
    refused(code, lambda: basket.on_code_heard(line.ask(request)))
    assert (basket.refresh().codes, discount(chain.here)) == ((), 0)


def test_what_is_given_up_comes_free(chain):
    here = chain.here
    here.open().basket.on_add(SKUS[0])
    put_on(here)
    here.open().basket.on_cancel()
    assert outstanding(here) == [("code", "voiding")]
    chain.world.settle()
    assert outstanding(here) == []
    put_on(chain.there)


def test_an_answer_that_comes_after_the_code_went_changes_nothing(chain):
    here = chain.here
    here.open().basket.on_add(SKUS[0])
    state = here.open().basket.on_code(BATCH.code(0))
    here.open().basket.on_no_code(BATCH.code(0))
    state = here.open().basket.on_code_heard(CodeHeard(state.code_request.auth_id))
    assert (state.codes, discount(here)) == ((), 0)


def test_a_code_that_is_not_known_yet_when_the_customer_pays_stays_unused(chain):
    here = chain.here
    here.open().basket.on_add(SKUS[0])
    state = here.open().basket.on_code(BATCH.code(0))
    here.open().payment.on_tender("cash", "1")
    assert (
        here.open().basket.on_code_heard(CodeHeard(state.code_request.auth_id)).code_request is None
    )
    assert pay(here).codes == ()
    chain.world.settle()
    assert chain.used() == 0


def test_practice_uses_nothing_up(chain):
    till = chain.here.open()
    till.basket.on_training(on=True)
    till.basket.on_add(SKUS[0])
    state = till.basket.on_code(BATCH.code(0))
    assert (state.code_request, discount(chain.here)) == (None, 100)
    assert till.sale.basket.coupons[0].state is CouponState.ALONE
    till.payment.on_cash()
    till.payment.on_finish()
    chain.world.settle()
    assert chain.used() == 0


def test_codes_of_customers_go_with_them(chain):
    each = replace(BATCH, batch_id=named("each"), form=DrawnForm("K", 10), size=1, one_each=True)
    now = chain.world.clock.now()
    chain.write(lambda unit: batches.make(unit, each, "9001", now, ["K-1"]))
    chain.world.settle()
    here, code = chain.here, each.code(0)
    basket = here.open().basket
    basket.on_add(SKUS[0])
    refused("code_other_customer", basket.on_code, code)
    basket.on_customer("K-2")
    refused("code_other_customer", lambda: ask(here, basket.on_code(code)))
    basket.on_customer("K-1")
    ask(here, basket.on_code(code))
    assert discount(here) == 100
    assert basket.on_customer("K-1").codes == (code,)  # the card was scanned twice
    state = basket.on_no_customer()
    assert code in state.notice
    assert (state.codes, discount(here)) == ((), 0)
    here.bridge.cut = True
    basket.on_customer("K-1")
    refused("code_needs_centre", lambda: ask(here, basket.on_code(code)))


def test_one_code_of_a_promotion_stands_on_a_receipt(chain):
    here = chain.here
    here.open().basket.on_add(SKUS[0])
    put_on(here)
    said = refused("code_promotion_taken", put_on, here, 1)
    assert said.params == {"other": BATCH.code(0)}
    put_on(here)  # the same one again changes nothing
    assert [use.code for use in pay(here).codes] == [BATCH.code(0)]
    chain.world.settle()
    assert (chain.used(0), chain.used(1), chain.exceptions()) == (1, 0, [])
    put_on(chain.there, 1)


def test_only_so_many_codes_stand_on_a_receipt(chain):
    now = chain.world.clock.now()
    others = [
        replace(BATCH, batch_id=named(sign), promotion=sign, form=DrawnForm(sign, 10))
        for sign in "ABCDF"
    ]
    for batch in others:
        chain.write(lambda unit, batch=batch: batches.make(unit, batch, "9001", now))
    chain.world.settle()
    for batch in others[:4]:
        put_on(chain.here, 0, batch)
    refused("too_many_codes", put_on, chain.here, 0, others[4])


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
