"""What gift cards and vouchers are to VAT and figures: taxed once, to the cent, and no receipt by themselves."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from central_server.features.instruments import batches, vouchers
from central_server.features.instruments.vouchers import Issue
from central_server.features.ledger.verification import verify
from central_server.features.reporting.cells import make_again
from central_server.features.reporting.tables import figure_cell, figure_sales
from central_server.platform.unit_of_work import reading
from shared.ledger import AccountKind
from shared.tax import vat_included
from shared.tender import Tender, TenderKind
from shared.vouchers import StandInPolicy
from tests.integration.ledger_rig import named
from tests.integration.test_journal_intake import open_exceptions
from tests.integration.test_value_sold import Shop
from tests.simulation.centre import SKUS
from tests.simulation.test_gift_cards import STORES


@pytest.fixture
def shop():
    shop = Shop()
    yield shop
    shop.close()
    shop.centre.restore()


def test_a_single_purpose_voucher_is_taxed_when_it_is_sold_and_not_again(shop):
    vat_before = shop.vat()
    line = shop.sell_voucher("ONE")
    shop.settle()
    assert shop.account(AccountKind.VOUCHER_TAX) == -1_900
    assert shop.account(AccountKind.VOUCHER_SALES) == -10_000
    assert shop.vat() - vat_before == 1_900
    turnover = shop.turnover()
    shop.till.basket.on_add(SKUS[0], "2")
    due = shop.till.sale.payment.due
    receipt = shop.pay_by_voucher(line.value.code)
    (tender,) = receipt.tenders
    assert tender.purpose.vat == receipt.vat[0].vat
    shop.settle()
    # What its goods are taxed with came in when the voucher was sold.
    assert shop.vat() - vat_before == 1_900
    assert shop.account(AccountKind.VOUCHER_TAX) == -1_900 + tender.purpose.vat
    assert shop.turnover() - turnover == due
    shop.vats_agree()
    shop.check()


def test_what_is_taken_without_the_centre_is_taxed_once_as_soon_as_it_is_booked(shop):
    before = shop.vat()
    line = shop.sell_voucher("ONE")
    shop.settle()
    shop.policy = StandInPolicy(20_000, 20_000, 20_000)
    shop.till.basket.on_add(SKUS[0], "2")
    due = shop.till.sale.payment.due
    shop.here.bridge.cut = True
    cards, basket = shop.cards(shop.here), shop.till.sale.basket.basket_id
    asked = cards.ask(basket, line.value.code, due, kind=TenderKind.VOUCHER)
    shop.till.sale.tender(cards.stand_in(asked.auth_id).tender())
    shop.till.payment.on_finish()
    (tender,) = shop.till.payment.last_receipt.tenders
    assert tender.purpose is None
    shop.here.bridge.cut = False
    shop.settle()
    vat = vat_included(due, Decimal(19))
    # What was taxed when it was sold is not due again with its goods, in figures as in the ledger.
    assert shop.vat() - before == 1_900
    assert shop.account(AccountKind.VOUCHER_TAX) == -1_900 + vat
    shop.vats_agree()
    shop.check()


def issued_by_head_office(shop, name, amount=11_900):
    asked = Issue(named(name), "ONE", "DE01", amount, shop.clock.now().date())
    sign = shop.context.signing_key.sign
    return shop.write(lambda unit: vouchers.issue(unit, asked, sign, shop.clock.now()))


def test_what_head_office_issues_is_in_the_figures_of_its_day_and_not_again_when_it_pays(shop):
    before = shop.vat()
    of = issued_by_head_office(shop, "issued")
    assert issued_by_head_office(shop, "issued") == of
    assert shop.vat() - before == 1_900
    shop.till.basket.on_add(SKUS[0], "2")
    shop.pay_by_voucher(of.number)
    shop.settle()
    assert shop.vat() - before == 1_900
    shop.vats_agree()
    cells = kept_cells(shop)
    assert shop.write(make_again) > 0
    assert kept_cells(shop) == cells
    shop.vats_agree()


def test_a_batch_of_vouchers_is_in_the_figures_part_by_part(shop):
    before, today = shop.vat(), shop.clock.now().date()
    asked = Issue(named("batch"), "ONE", "DE01", 1_000, today)
    shop.write(lambda unit: batches.ask(unit, asked, 7, "9001", shop.clock.now(), named("seed")))
    sign = shop.context.signing_key.sign
    for made in (3, 6, 7):
        with reading(shop.context.database) as unit:
            part = batches.next_part(unit, sign, shop.clock.now(), size=3)
        for _ in range(2):
            shop.write(lambda unit, p=part: batches.issue_part(unit, p, shop.clock.now()))
        assert shop.vat() - before == made * vat_included(1_000, Decimal(19))
        shop.vats_agree()


def kept_cells(shop):
    with reading(shop.context.database) as unit:
        return sorted(map(tuple, unit.connection.execute(select(figure_cell))))


def test_what_goes_back_on_a_voucher_becomes_due_again(shop):
    before = shop.vat()
    line = shop.sell_voucher("ONE")
    shop.settle()
    shop.till.basket.on_add(SKUS[0], "2")
    bought = shop.pay_by_voucher(line.value.code)
    shop.settle()
    shop.till.basket.on_return_of(str(bought.receipt_id), 1, "2", "too small")
    back = Tender(TenderKind.VOUCHER, -bought.total, None, line.value.number)
    shop.till.sale.tender(back)
    shop.till.payment.on_finish()
    shop.settle()
    assert shop.vat() - before == 1_900
    assert shop.account(AccountKind.VOUCHER_TAX) == -1_900
    assert shop.on_voucher(line.value.number) == 11_900
    shop.vats_agree()


def test_who_only_buys_a_gift_card_is_no_receipt_in_an_average(shop):
    counted = shop.total(figure_sales.c.receipts)
    cell = figure_cell.c
    of_day = (cell.grain == "day", cell.store_id == "DE01")
    cells = {
        name: shop.total(cell.receipts, cell.dimension == name, *of_day)
        for name in ("sales", "hour")
    }
    shop.sell_card()
    shop.finish()
    shop.settle()
    assert shop.total(figure_sales.c.receipts) == counted
    shop.sell_card(shop.other)
    shop.till.basket.on_add(SKUS[0])
    shop.finish()
    shop.settle()
    assert shop.total(figure_sales.c.receipts) == counted + 1
    for name, had in cells.items():
        assert shop.total(cell.receipts, cell.dimension == name, *of_day) == had + 1
    shop.check()


def spend(shop, device, line, *, offline):
    """A till is paid with a part of a voucher; the receipt, which the centre has not heard of yet."""
    till = device.open()
    shop.policy = StandInPolicy(20_000, 20_000, 20_000)
    till.basket.on_add(SKUS[0], "2")
    cards, basket = shop.cards(device), till.sale.basket.basket_id
    device.bridge.cut = offline
    asked = cards.ask(basket, line.value.code, till.sale.payment.due, kind=TenderKind.VOUCHER)
    till.sale.tender((cards.stand_in(asked.auth_id) if offline else asked).tender())
    till.payment.on_finish()
    device.bridge.cut = False
    return till.payment.last_receipt


def send(shop, device):
    device.syncing().upload_round()
    while shop.project():
        pass


@pytest.mark.parametrize("spent_how", ["held", "held and late", "stood in"])
def test_of_a_voucher_that_comes_back_what_was_spent_stays_taxed(shop, spent_how):
    before = shop.vat()
    line = shop.sell_voucher("ONE")
    number = str(shop.till.payment.last_receipt.receipt_id)
    shop.settle()
    # What it has is asked once more only by who takes it back: it is spent behind that one's back.
    known = shop.known(shop.here, line.value.number, TenderKind.VOUCHER)
    offline, late = spent_how == "stood in", spent_how == "held and late"
    device = shop.here if offline else shop.there
    spent = spend(shop, device, line, offline=offline)
    if not late:
        send(shop, device)
    shop.till.basket.on_return_of(number, 1, "1", "unbenutzt", known=known)
    shop.finish()
    send(shop, shop.here)
    shop.settle()
    # The goods are sold and taxed; of the voucher itself nothing is left, and nothing is due or prepaid.
    assert shop.vat() - before == spent.vat[0].vat
    assert shop.on_voucher(line.value.number) == 0
    assert shop.account(AccountKind.VOUCHER_TAX, *STORES) == 0
    assert shop.account(AccountKind.VOUCHER_SALES, *STORES) == 0
    assert shop.account(AccountKind.VOUCHER_TAX_PREPAID, *STORES) == 0
    assert shop.house(AccountKind.STAND_IN_LOSS) == spent.total
    for store in STORES:
        shop.vats_agree(store)
    cells = kept_cells(shop)
    assert shop.write(make_again) > 0
    assert kept_cells(shop) == cells
    assert verify(shop.context.database) == []
    assert len(open_exceptions(shop.context.database)) == 1


def test_of_a_voucher_that_ended_nothing_is_untaxed_when_its_price_is_paid_back(shop):
    before = shop.vat()
    line = shop.sell_voucher("SOON")
    number = str(shop.till.payment.last_receipt.receipt_id)
    shop.settle()
    known = shop.known(shop.here, line.value.number, TenderKind.VOUCHER)
    shop.clock.at += timedelta(days=3)
    shop.till.basket.on_return_of(number, 1, "1", "unbenutzt", known=known)
    shop.finish()
    shop.settle()
    assert shop.vat() - before == 1_900
    assert shop.account(AccountKind.VOUCHER_TAX) == -1_900
    shop.vats_agree()
    assert verify(shop.context.database) == []
