"""A till whose reference data has promotions and customers."""

from pos_client.storage.feed_applier import FeedApplier
from shared.wire.customer_payloads import CustomerRow, customer_payload
from shared.wire.models import FeedRow
from shared.wire.promotion_payloads import PromotionRow, promotion_key, promotion_payload
from tests.integration.till_world import NOON, World, page, sealing

THREE_FOR_TWO = {
    "id": "P1",
    "name": "3 für 2",
    "reward": {
        "bundle": {"sets": [{"of": {}, "quantity": 3}], "cheapest": {"percent": "100"}},
    },
}
TWO_FROM_20 = {
    "id": "P2",
    "name": "2 € ab 20 €",
    "stage": "basket",
    "reward": {"amount": "2.00"},
    "if": [{"spend": "20.00"}],
}
VIP_10 = {
    "id": "P3",
    "name": "10 % für VIP",
    "stage": "basket",
    "reward": {"percent": "10"},
    "who": {"groups": ["vip"]},
}
CODE_1 = {
    "id": "P4",
    "name": "1 € mit Code",
    "stage": "basket",
    "combine": "stack",
    "reward": {"amount": "1.00"},
    "when": {"codes": ["Herbst1"]},
}
CARD_5 = {
    "id": "P7",
    "name": "5 € mit Karte",
    "stage": "basket",
    "reward": {"amount": "5.00"},
    "when": {"tenders": ["card"]},
}
ADA = CustomerRow("70001", "Ada Beispiel", {"groups": ("vip",)})


def promotion_row(promotion, seq):
    row = PromotionRow(promotion["id"], 1, "EUR", promotion)
    key = promotion_key(promotion["id"], 1)
    return FeedRow(
        kind="promotion", key=key, scope="chain", seq=seq, op="put", d=promotion_payload(row)
    )


class Shop(World):
    """A till that knows promotions."""

    def publish(self, *promotions, cursor="e.2.0"):
        rows = [promotion_row(p, 5 + n) for n, p in enumerate(promotions)]
        applier = FeedApplier(self.reference_file)
        applier.take("reference", page(rows, cursor))
        applier.close()

    def retire(self, promotion):
        """The centre has withdrawn it; tills keep it for goods that come back."""
        row = PromotionRow(promotion["id"], 1, "EUR", promotion, retired_at=NOON)
        key = promotion_key(promotion["id"], 1)
        self._take(
            FeedRow(
                kind="promotion",
                key=key,
                scope="chain",
                seq=20,
                op="put",
                d=promotion_payload(row),
            )
        )

    def forget(self, promotion):
        """The centre takes it off the tills."""
        key = promotion_key(promotion["id"], 1)
        self._take(FeedRow(kind="promotion", key=key, scope="chain", seq=21, op="remove", d=None))

    def _take(self, row):
        applier = FeedApplier(self.reference_file)
        applier.take("reference", page([row], f"e.{row.seq}.0"))
        applier.close()

    def welcome(self, customer, op="put"):
        payload = customer_payload(customer) if op == "put" else None
        row = FeedRow(kind="customer", key=customer.number, scope="chain", seq=1, op=op, d=payload)
        applier = FeedApplier(self.reference_file, sealing(self.paths))
        applier.take("customer", page([row], f"e.{op}.0"))
        applier.close()
