"""Changes of many prices: looked at first, applied, released, taken back; on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.offers.service import ensure_standard_offer
from central_server.features.pricing import changes, service
from central_server.features.pricing.changes import ChangePlan, ChangeState
from central_server.platform.schema import feed_dirty
from central_server.platform.unit_of_work import reading, writing
from shared.errors import DomainError
from shared.pricing import PriceEntry, PriceRule, PriceStep

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SKUS = ["H-1", "H-2", "H-3"]


@pytest.fixture
def shop(centre):
    with writing(centre) as unit:
        ensure_standard_offer(unit, NOW)
        variants = [VariantDraft(sku, "H", size=sku) for sku in SKUS]
        enter_batch(unit, [ArticleDraft("H", {"de": "Hose"})], variants, NOW)
        for sku, amount in (("H-1", 5995), ("H-2", 7995)):
            held = PriceEntry(sku, "chain", amount, "EUR", NOW - 60 * DAY)
            service.set_price(unit, held, NOW - 60 * DAY)
    return centre


def plan(value=-2000, begin=NOW, end=None, *, step=PriceStep.PERCENT, advertised=False):
    rule = PriceRule(step, value)
    return ChangePlan("Hosen", "STORE", "chain", "EUR", begin, end, rule, advertised)


def made(shop, wanted):
    with writing(shop) as unit:
        return changes.plan_change(unit, wanted, SKUS, "6", NOW, NOW).change_id


def applied(shop, wanted, at=NOW):
    number = made(shop, wanted)
    with writing(shop) as unit:
        changes.apply_change(unit, number, at)
    return number


def price(shop, sku, at):
    with reading(shop) as unit:
        entries = service.prices_of(unit, [sku]).get(sku, [])
    return next((entry.amount for entry in entries if entry.holds_at(at)), None)


def rows(shop, number):
    with reading(shop) as unit:
        found = changes.prices_of_change(unit, number)
    return {one.sku: (one.before, one.after, one.lowest, one.problem) for one in found}


def test_a_draft_shows_what_would_change_and_changes_nothing(shop):
    number = made(shop, plan())
    assert rows(shop, number) == {
        "H-1": (5995, 4796, 5995, ""),
        "H-2": (7995, 6396, 7995, ""),
        "H-3": (None, 0, None, "price_before_missing"),
    }
    assert price(shop, "H-1", NOW) == 5995
    with reading(shop) as unit:
        change = changes.get_change(unit, number)
    assert (change.state, change.prices, change.problems) == (ChangeState.DRAFT, 3, 1)


def test_applying_sets_the_prices_and_tells_the_tills(shop):
    with writing(shop) as unit:
        unit.connection.execute(feed_dirty.delete())
    applied(shop, plan())
    assert [price(shop, sku, NOW) for sku in SKUS] == [4796, 6396, None]
    with reading(shop) as unit:
        told = unit.connection.execute(select(feed_dirty.c.kind, feed_dirty.c.key)).all()
    assert sorted(tuple(row) for row in told) == [("price", "H-1"), ("price", "H-2")]


def test_a_change_is_applied_once(shop):
    number = applied(shop, plan())
    with writing(shop) as unit, pytest.raises(DomainError, match="change_closed"):
        changes.apply_change(unit, number, NOW)


def test_undoing_what_holds_already_brings_the_former_prices_back_from_now_on(shop):
    number = applied(shop, plan())
    later = NOW + DAY
    with writing(shop) as unit:
        _, kept = changes.undo_change(unit, number, later)
    assert kept == 0
    assert price(shop, "H-1", NOW + DAY / 2) == 4796, "what held is not rewritten"
    assert price(shop, "H-1", later) == 5995


def test_undoing_what_has_not_begun_leaves_no_trace(shop):
    with reading(shop) as unit:
        before = service.prices_of(unit, SKUS)
    number = applied(shop, plan(begin=NOW + 7 * DAY, end=NOW + 9 * DAY))
    assert [price(shop, "H-1", NOW + days * DAY) for days in (6, 7, 8, 9)] == [
        5995, 4796, 4796, 5995,
    ]  # fmt: skip
    with writing(shop) as unit:
        changes.undo_change(unit, number, NOW + DAY)
    with reading(shop) as unit:
        assert service.prices_of(unit, SKUS) == before


def test_undoing_keeps_what_somebody_changed_since(shop):
    number = applied(shop, plan())
    with writing(shop) as unit:
        held = PriceEntry("H-1", "chain", 1234, "EUR", NOW + DAY)
        service.set_price(unit, held, NOW + DAY)
    with writing(shop) as unit:
        _, kept = changes.undo_change(unit, number, NOW + 2 * DAY)
    assert kept == 1
    assert [price(shop, sku, NOW + 2 * DAY) for sku in SKUS] == [1234, 7995, None]


def test_an_advertised_reduction_lies_below_the_lowest_of_thirty_days(shop):
    with writing(shop) as unit:
        for days, amount in ((20, 4995), (10, 5995)):
            held = PriceEntry("H-1", "chain", amount, "EUR", NOW - days * DAY)
            service.set_price(unit, held, NOW - days * DAY)
    number = made(shop, plan(-1000, advertised=True))
    assert rows(shop, number)["H-1"] == (5995, 5396, 4995, "reduction_not_real")
    assert rows(shop, number)["H-2"][3] == ""
    with writing(shop) as unit:
        changes.apply_change(unit, number, NOW)
    assert [price(shop, sku, NOW) for sku in ("H-1", "H-2")] == [5995, 7196]


def test_the_reference_is_looked_at_again_when_it_is_applied(shop):
    number = made(shop, plan(-1000, begin=NOW + 5 * DAY, advertised=True))
    with writing(shop) as unit:
        for hours, amount in ((1, 5000), (2, 5995)):
            held = PriceEntry("H-1", "chain", amount, "EUR", NOW + DAY * hours / 24)
            service.set_price(unit, held, NOW + DAY * hours / 24)
    with writing(shop) as unit:
        changes.apply_change(unit, number, NOW + DAY)
    assert rows(shop, number)["H-1"][3] == "reduction_not_real"
    assert price(shop, "H-1", NOW + 6 * DAY) == 5995


def test_a_change_whose_time_is_over_is_refused(shop):
    number = made(shop, plan(begin=NOW, end=NOW + DAY))
    with writing(shop) as unit, pytest.raises(DomainError, match="change_over"):
        changes.apply_change(unit, number, NOW + 2 * DAY)


def test_nothing_to_change_is_said(shop):
    with writing(shop) as unit, pytest.raises(DomainError, match="change_empty"):
        changes.plan_change(unit, plan(0), ["H-1"], "6", NOW, NOW)


def test_a_dropped_draft_cannot_be_applied(shop):
    number = made(shop, plan())
    with writing(shop) as unit:
        changes.drop_change(unit, number)
    with writing(shop) as unit, pytest.raises(DomainError, match="change_closed"):
        changes.apply_change(unit, number, NOW)
