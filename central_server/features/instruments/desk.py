"""The table of everything that a till can ask value of, by kind."""

from __future__ import annotations

from collections.abc import Mapping

from central_server.features.instruments.gift_card_source import GiftCardSource
from central_server.features.instruments.purse_source import (
    InvoiceAccount,
    MoneyPurse,
    PointsPurse,
    PurseSource,
)
from central_server.features.instruments.sources import ValueSource
from central_server.features.instruments.voucher_source import VoucherSource
from shared.loyalty import Purse
from shared.tender import TenderKind

# In the order in which holders are locked: customers before cards.
SOURCES: Mapping[TenderKind, ValueSource] = {
    TenderKind.POINTS: PurseSource(TenderKind.POINTS, PointsPurse()),
    TenderKind.WALLET: PurseSource(TenderKind.WALLET, MoneyPurse(Purse.WALLET)),
    TenderKind.CASHBACK: PurseSource(TenderKind.CASHBACK, MoneyPurse(Purse.CASHBACK)),
    TenderKind.BONUS: PurseSource(TenderKind.BONUS, MoneyPurse(Purse.BONUS)),
    TenderKind.STORE_CREDIT: PurseSource(TenderKind.STORE_CREDIT, MoneyPurse(Purse.STORE_CREDIT)),
    TenderKind.INVOICE: PurseSource(TenderKind.INVOICE, InvoiceAccount()),
    TenderKind.VOUCHER: VoucherSource(),
    TenderKind.GIFT_CARD: GiftCardSource(),
}
