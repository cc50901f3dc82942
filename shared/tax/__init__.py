"""Value added tax: rates as tables by country, category and valid-from date with their source; the split of gross."""

from shared.tax.rates import OUT_OF_SCOPE, RATE_TABLE, VatCategory, VatRate, vat_rate
from shared.tax.split import VatAmount, split_gross, vat_included

__all__ = [
    "OUT_OF_SCOPE",
    "RATE_TABLE",
    "VatAmount",
    "VatCategory",
    "VatRate",
    "split_gross",
    "vat_included",
    "vat_rate",
]
