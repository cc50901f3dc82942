"""django-oscar's offer applicator on baskets from a file: what it takes off, and how long it takes.

Runs by path in an environment of its own, which has django-oscar and nothing of this project. The offers are Oscar's
own models, conditions and benefits, held in memory; what its consumption of lines looks up, it looks up in an SQLite
database in memory. A range is Oscar's range with its one question, whether it contains a product, answered from memory.
"""

from __future__ import annotations

import gc
import importlib.metadata
import json
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
import oscar.defaults
from django.conf import settings

_APPS = (
    "analytics.apps.AnalyticsConfig",
    "checkout.apps.CheckoutConfig",
    "address.apps.AddressConfig",
    "shipping.apps.ShippingConfig",
    "catalogue.apps.CatalogueConfig",
    "catalogue.reviews.apps.CatalogueReviewsConfig",
    "communication.apps.CommunicationConfig",
    "partner.apps.PartnerConfig",
    "basket.apps.BasketConfig",
    "payment.apps.PaymentConfig",
    "offer.apps.OfferConfig",
    "order.apps.OrderConfig",
    "customer.apps.CustomerConfig",
    "search.apps.SearchConfig",
    "voucher.apps.VoucherConfig",
    "wishlists.apps.WishlistsConfig",
)
_DJANGO = ("auth", "contenttypes", "sites", "flatpages")

settings.configure(
    **{name: getattr(oscar.defaults, name) for name in dir(oscar.defaults) if name.isupper()},
    INSTALLED_APPS=[*(f"django.contrib.{name}" for name in _DJANGO), *(f"oscar.apps.{name}" for name in _APPS)],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    SECRET_KEY="of a bench",
    SITE_ID=1,
)  # fmt: skip
django.setup()

from django.db import connection  # noqa: E402 - Django is set up first
from oscar.apps.basket.models import Basket, Line  # noqa: E402
from oscar.apps.catalogue.models import Product  # noqa: E402
from oscar.apps.offer import benefits, conditions, models  # noqa: E402
from oscar.apps.offer.applicator import Applicator  # noqa: E402
from oscar.apps.partner.availability import Available  # noqa: E402
from oscar.apps.partner.models import StockRecord  # noqa: E402
from oscar.apps.partner.prices import FixedPrice  # noqa: E402
from oscar.apps.partner.strategy import PurchaseInfo  # noqa: E402

BENEFITS = {
    "percentage": benefits.PercentageDiscountBenefit,
    "each": benefits.FixedUnitDiscountBenefit,
    "together": benefits.AbsoluteDiscountBenefit,
    "price": benefits.FixedPriceBenefit,
    "cheapest": benefits.MultibuyDiscountBenefit,
}
CONDITIONS = {"count": conditions.CountCondition, "value": conditions.ValueCondition}


class Facts(Product):
    """A product whose words a range can ask for."""

    class Meta:
        """Django's word for what has no table of its own."""

        proxy = True
        app_label = "catalogue"

    words: frozenset[str]
    price: Decimal


class Chosen(models.Range):
    """A range of the products that one of some words finds, above a price."""

    class Meta:
        """Django's word for what has no table of its own."""

        proxy = True
        app_label = "offer"

    words: frozenset[str]
    above: Decimal

    def contains_product(self, product: Any) -> bool:
        """Whether it is one of them."""
        return product.price > self.above and not self.words.isdisjoint(product.words)


class Prices:
    """The strategy of a shop whose prices stand on its stock records."""

    def fetch_for_line(self, line: Any, stockrecord: Any) -> PurchaseInfo:
        """What a line costs."""
        price = FixedPrice("EUR", line.product.price, tax=Decimal(0))
        return PurchaseInfo(price, Available(), stockrecord)


def basket_of(lines: list[dict[str, Any]]) -> Any:
    """A basket of Oscar's."""
    basket = Basket(id=1)
    basket.strategy = Prices()
    made = []
    for number, line in enumerate(lines, start=1):
        product = Facts(id=number, is_discountable=True)
        product.words, product.price = frozenset(line["words"]), Decimal(line["price"])
        stock = StockRecord(id=number, product=product, price=product.price)
        quantity = int(line["quantity"])
        made.append(
            Line(id=number, basket=basket, product=product, stockrecord=stock, quantity=quantity)
        )
    basket._lines = made  # where Oscar keeps the lines that it has read
    return basket


def offer_of(number: int, told: dict[str, Any]) -> Any:
    """An offer of Oscar's."""
    chosen = Chosen(id=number, name=told["id"])
    chosen.words, chosen.above = frozenset(told["words"]), Decimal(told["above"])
    needs = CONDITIONS[told["needs"]](id=number, range=chosen, value=Decimal(told["at_least"]))
    value = told["value"] and Decimal(told["value"])
    gives = BENEFITS[told["gives"]](
        id=number, range=chosen, value=value, max_affected_items=told["pieces"]
    )
    return models.ConditionalOffer(
        id=number,
        name=told["id"],
        condition=needs,
        benefit=gives,
        priority=told["priority"],
        exclusive=True,
        max_basket_applications=told["applications"],
    )


class LookUps:
    """Counts what is asked of the database."""

    count = 0

    def __call__(self, execute: Any, *asked: Any) -> Any:
        """One statement."""
        self.count += 1
        return execute(*asked)


def main() -> None:
    """Apply the offers of each basket several times; print the fastest time and the discount."""
    told = json.loads(Path(sys.argv[1]).read_text())
    with connection.schema_editor() as editor:
        for model in (models.Range, models.Condition, models.Benefit, models.ConditionalOffer):
            editor.create_model(model)
    cases = []
    for case in told["cases"]:
        offers = [
            offer_of(number, offer) for number, offer in enumerate(case["promotions"], start=1)
        ]
        offers.sort(key=lambda offer: -offer.priority)
        cases.append((basket_of(case["lines"]), offers))
    applicator = Applicator()
    found = [{"ms": float("inf"), "discount": "0", "lookups": 0} for _ in cases]
    for turn in range(told["turns"] + 1):
        gc.collect()
        gc.freeze()
        gc.disable()
        for (basket, offers), answer in zip(cases, found, strict=True):
            for line in basket.all_lines():
                line.clear_discount()
            started = time.process_time()
            applicator.apply_offers(basket, offers)
            took = (time.process_time() - started) * 1000
            if turn:
                answer["ms"] = min(answer["ms"], took)
        gc.enable()
        gc.unfreeze()
    looking = LookUps()
    with connection.execute_wrapper(looking):
        for (basket, offers), answer in zip(cases, found, strict=True):
            for line in basket.all_lines():
                line.clear_discount()
            looking.count = 0
            applicator.apply_offers(basket, offers)
            answer["lookups"] = looking.count
            given = sum((line.discount_value for line in basket.all_lines()), Decimal(0))
            answer["discount"] = str(given)
    json.dump({"version": importlib.metadata.version("django-oscar"), "found": found}, sys.stdout)


main()
