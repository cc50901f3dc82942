"""The promotions and customers of the shop in the pictures, once and in both languages. All people are invented."""

from __future__ import annotations

from datetime import date
from typing import Any

from pos_client.app.screens.shop import CURRENCY
from pos_client.app.translations import LANGUAGES
from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.paths import DataPaths, write_atomically
from pos_client.storage.reference_files import ReferenceFiles
from shared.wire.customer_payloads import CustomerRow, customer_payload
from shared.wire.models import FeedPage, FeedRow
from shared.wire.promotion_payloads import PromotionRow, promotion_key, promotion_payload

CUSTOMER, CODE = "70001", "HERBST10"
_CUSTOMERS = (
    CustomerRow(
        CUSTOMER,
        "Frieda Sommerwind",
        {"groups": ("club",), "subscriptions": ("newsletter",)},
        birthday=date(1984, 11, 24),
        since=date(2019, 5, 2),
        phone_end="014",
    ),
    CustomerRow("70002", "Anton Sommerfeld", phone_end="287"),
    CustomerRow("70003", "Jule Sommer"),
)


def _promotions(language: str) -> list[dict[str, Any]]:
    at = LANGUAGES.index(language)
    return [*_on_goods(at), *_for_some(at)]


def _on_goods(at: int) -> list[dict[str, Any]]:
    """For everybody."""
    shirts = {"categories": [("Hemden & Blusen", "Shirts & blouses")[at]]}
    steps = [{"from": 2, "percent": "10"}, {"from": 3, "percent": "20"}]
    return [
        {
            "id": "TROUSERS",
            "name": ("Hosen-Staffel", "More trousers, less to pay")[at],
            "take": {"categories": [("Hosen", "Trousers")[at]]},
            "reward": {"tiers": {"by": "quantity", "steps": steps}},
        },
        {
            "id": "BLOUSES",
            "name": ("2 Blusen für 99 €", "2 blouses for €99")[at],
            "reward": {
                "bundle": {
                    "sets": [
                        {
                            "of": shirts,
                            "quantity": 2,
                        }
                    ],
                    "price": "99.00",
                }
            },
        },
    ]


def _for_some(at: int) -> list[dict[str, Any]]:
    """For customers of a kind, or with a code."""
    knitwear = {"categories": [("Strick", "Knitwear")[at]]}
    return [
        {
            "id": "CLUB",
            "name": ("Clubpreis Strick", "Club price knitwear")[at],
            "take": knitwear,
            "who": {"groups": ["club"]},
            "reward": {"percent": "15"},
        },
        {
            "id": "LETTER",
            "name": ("Newsletter: 10 % auf Strick", "Newsletter: 10% off knitwear")[at],
            "take": knitwear,
            "who": {"subscriptions": ["newsletter"]},
            "reward": {"percent": "10"},
        },
        {
            "id": "BIRTHDAY",
            "name": ("Geburtstagswoche", "Birthday week")[at],
            "stage": "basket",
            "if": [{"spend": "100.00"}],
            "who": {"birthday_within_days": 7},
            "reward": {"amount": "10.00"},
        },
        {
            "id": "CARD",
            "name": ("5 € mit Karte", "€5 off by card")[at],
            "stage": "basket",
            "combine": "stack",
            "if": [{"spend": "100.00"}],
            "when": {"tenders": ["card"]},
            "reward": {"amount": "5.00"},
        },
        {
            "id": CODE,
            "name": ("10 % auf Accessoires", "10% off accessories")[at],
            "take": {"categories": [("Accessoires", "Accessories")[at]]},
            "when": {"codes": [CODE]},
            "reward": {"percent": "10"},
        },
        {
            "id": "SOCKS",
            "name": ("Neukunden: Socken geschenkt", "New customers: socks for free")[at],
            "take": {"categories": [("Socken & Wäsche", "Socks & tights")[at]]},
            "when": {"codes": ["WILLKOMMEN"]},
            "reward": {"percent": "100"},
        },
        {
            "id": "STAFF",
            "name": ("Personalkauf 30 %", "Staff: 30% off")[at],
            "combine": "exclusive",
            "who": {"groups": ["staff"]},
            "reward": {"percent": "30"},
        },
    ]


def set_up_offers(paths: DataPaths, language: str) -> None:
    """Put promotions and customers into the reference data of a till of the shop."""
    path = ReferenceFiles(paths.reference).current()
    if path is None:
        raise RuntimeError("the shop is set up before its promotions")
    write_atomically(paths.customer_key, bytes(range(32)))
    applier = FeedApplier(path, CustomerVault(paths.customer_key))
    applier.take("reference", _page([_promotion(body) for body in _promotions(language)]))
    applier.take("customer", _page([_customer(row) for row in _CUSTOMERS]))
    applier.close()


def _promotion(body: dict[str, Any]) -> FeedRow:
    row = PromotionRow(str(body["id"]), 1, CURRENCY, body)
    return _row("promotion", promotion_key(row.promotion_id, 1), promotion_payload(row))


def _customer(row: CustomerRow) -> FeedRow:
    return _row("customer", row.number, customer_payload(row))


def _row(kind: str, key: str, payload: object) -> FeedRow:
    return FeedRow.model_validate(
        {"kind": kind, "key": key, "scope": "chain", "seq": 2, "op": "put", "d": payload}
    )


def _page(rows: list[FeedRow]) -> FeedPage:
    return FeedPage(
        epoch="1", cursor="2", head=2, checkpoint=2, complete=True, processed_through=0, rows=rows
    )
