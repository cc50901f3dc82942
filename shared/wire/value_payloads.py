"""The types of vouchers that tills sell, as the feed `config` brings them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from shared.errors import DomainError
from shared.journal.reader import BodyReader
from shared.vouchers import VoucherClass, valid_until

VOUCHER_TYPES_KEY = "voucher_types"


@dataclass(frozen=True, slots=True)
class SoldType:
    """A type that is paid for. `vat_category` and `country` are those of a single-purpose one, else empty; without
    `valid_days` a voucher is valid as the law of the store's country has it.
    """

    code: str
    name: str
    currency: str
    purpose: VoucherClass
    vat_category: str = ""
    country: str = ""
    valid_days: int | None = None

    def last_day(self, market: str, on: date) -> date | None:
        """The last day of a voucher that is sold on a day; None where there is no end."""
        if self.valid_days is not None:
            return on + timedelta(days=self.valid_days)
        return valid_until(market, on)

    def sold_in(self, market: str, currency: str) -> bool:
        """Whether a store there sells it: a single-purpose one only where its goods are taxed."""
        return self.currency == currency and self.country in {"", market}


def voucher_types_payload(types: Iterable[SoldType]) -> dict[str, object]:
    """The config row `voucher_types`."""
    return {
        "types": [
            {
                "code": each.code,
                "name": each.name,
                "currency": each.currency,
                "class": str(each.purpose),
                "vat_category": each.vat_category,
                "country": each.country,
                "valid_days": each.valid_days,
            }
            for each in types
        ]
    }


def voucher_types_from_payload(document: Mapping[str, object] | None) -> tuple[SoldType, ...]:
    """The types in a config row; none for no row, or for one that cannot be read."""
    if document is None:
        return ()
    try:
        return tuple(
            SoldType(
                code=row.text("code"),
                name=row.text("name"),
                currency=row.text("currency"),
                purpose=VoucherClass(row.text("class")),
                vat_category=row.text("vat_category"),
                country=row.text("country"),
                valid_days=row.optional_integer("valid_days"),
            )
            for row in BodyReader(document).objects("types")
        )
    except (DomainError, ValueError):
        return ()
