"""What the payment page says about cards, vouchers and purses: in both languages, without a gap, whatever it was."""

from uuid import UUID

import pytest

from pos_client.app.gift_cards import CardPhase, GiftCardPayment
from pos_client.app.gift_desk import GiftState
from pos_client.app.pay_steps import PaySteps
from pos_client.app.translations import LANGUAGES, TillTexts
from shared.errors import DomainError
from shared.tender import PURSES, TenderKind
from tests.unit.test_till_translations import FROM_CENTRE

# What the centre says beside a code, where it says something.
PARAMS = {
    "voucher_expired": {"day": "2026-12-31"},
    "voucher_currency_differs": {"currency": "GBP"},
    "voucher_no_payment": {"percent": "10"},
    "giftcard_currency_differs": {"currency": "GBP"},
    "authorisation_currency_foreign": {"currency": "GBP"},
    "points_not_redeemable": {"currency": "GBP"},
    "giftcard_short": {"balance": "1.00 EUR"},
    "purse_short": {"balance": "1.00 EUR"},
    "customer_unknown": {"number": "C9"},
}
REFUSED = sorted(
    code
    for code in FROM_CENTRE
    if code.startswith(("voucher_", "purse_", "customer_", "points_", "authorisation_"))
)
KINDS = (TenderKind.GIFT_CARD, TenderKind.VOUCHER, *PURSES)


def steps(language):
    return PaySteps(TillTexts(language, "DE", "EUR"), "EUR")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", REFUSED)
def test_a_refusal_says_why_and_what_next(language, code):
    payment = GiftCardPayment(
        UUID(int=1), UUID(int=2), "KD-1", 500, CardPhase.DECLINED, code=code,
        params=PARAMS.get(code, {}), kind=TenderKind.WALLET,
    )  # fmt: skip
    step = steps(language).gift_declined(payment)
    assert step.text
    assert step.what_next
    assert "{" not in step.text + step.what_next
    assert "error." not in step.text + step.what_next


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*KINDS, None])
def test_every_kind_has_its_words(language, kind):
    looking = steps(language).gift_waits(GiftState("looking", "KD-1", kind))
    failed = steps(language).gift_failed(
        GiftState("balance", "KD-1", kind), DomainError("voucher_unknown")
    )
    said = [looking.title, looking.said_caption, failed.title, *(a.text for a in failed.actions)]
    if kind is not None:
        payment = GiftCardPayment(
            UUID(int=1), UUID(int=2), "KD-1", 500, CardPhase.UNKNOWN, kind=kind
        )
        said.append(steps(language).gift_unknown(payment, stand_in=True).text)
    assert not [text for text in said if not text or text.startswith(("step.", "tender.", "{"))]


def test_a_code_that_cannot_be_read_is_shown_by_its_end():
    step = steps("de").gift_waits(GiftState("looking", "TV1.rubbish", TenderKind.VOUCHER))
    assert step.said.endswith("bish")
