"""What the demo chain offers: promotions of several kinds from the day of loading on, and three customers.

They come in by the same doors as a merchandiser's files. Everybody here is invented.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from central_server.features.customers.service import CustomerDraft
from central_server.features.promotions.document import PromotionFile, read_file

_TROUSERS = ["Damen>Bekleidung>Hosen", "Herren>Bekleidung>Hosen"]
_SHIRTS = ["Damen>Bekleidung>Hemden", "Herren>Bekleidung>Hemden"]
_JACKETS = ["Damen>Bekleidung>Jacken", "Herren>Bekleidung>Jacken"]
_SHOES = [
    "Damen>Schuhe>Pumps",
    "Damen>Schuhe>Slipper",
    "Herren>Schuhe",
    "Herren>Schuhe>Schnürschuhe",
    "Herren>Schuhe>Sneaker",
]
_YEARS_OF_LIFE = 40


def promotions(start: datetime) -> PromotionFile:
    """Promotions in euros from `start` on: what was sold before is as it was."""
    when = {"from": start.isoformat()}
    steps = [{"from": 2, "percent": "10"}, {"from": 3, "percent": "20"}]
    euro: list[dict[str, Any]] = [
        {
            "id": "HOSEN-STAFFEL",
            "name": "Hosen-Staffel: 2 Stück 10 %, ab 3 Stück 20 %",
            "when": when,
            "take": {"categories": _TROUSERS},
            "reward": {"tiers": {"by": "quantity", "steps": steps}},
        },
        {
            "id": "HEMDEN-3-FUER-2",
            "name": "3 Hemden, das günstigste geschenkt",
            "when": when,
            "reward": {
                "bundle": {
                    "sets": [{"of": {"categories": _SHIRTS}, "quantity": 3}],
                    "cheapest": {"percent": "100"},
                }
            },
        },
        {
            "id": "BON-20",
            "name": "20 € ab 300 €",
            "stage": "basket",
            "when": when,
            "if": [{"spend": "300.00"}],
            "reward": {"amount": "20.00"},
        },
        {
            "id": "CLUB-JACKEN",
            "name": "Clubpreis: 15 % auf Jacken",
            "when": when,
            "who": {"groups": ["club"]},
            "take": {"categories": _JACKETS},
            "reward": {"percent": "15"},
        },
        {
            "id": "GEBURTSTAG",
            "name": "Geburtstagswoche: 10 % auf den Bon",
            "stage": "basket",
            "when": when,
            "who": {"birthday_within_days": 7},
            "reward": {"percent": "10"},
            "limit": {"per_customer": 1},
        },
        {
            "id": "KRANICH10",
            "name": "Code KRANICH10: 10 % auf Schuhe",
            "when": {**when, "codes": ["KRANICH10"]},
            "take": {"categories": _SHOES},
            "reward": {"percent": "10"},
        },
    ]
    text = json.dumps({"currency": "EUR", "promotions": euro}, ensure_ascii=False)
    return read_file(text.encode("utf-8"))


def customers(today: date) -> list[CustomerDraft]:
    """A member of the club, somebody who has a birthday these days, and somebody with nothing but a name."""
    birthday = _years_before(today + timedelta(days=2), _YEARS_OF_LIFE)
    return [
        CustomerDraft(
            "70001",
            {"name": "Frieda Sommerwind", "since": _years_before(today, 5)},
            {"groups": ("club",)},
        ),
        CustomerDraft(
            "70002",
            {"name": "Karl Kieselbach", "birthday": birthday, "since": _years_before(today, 1)},
        ),
        CustomerDraft("70003", {"name": "Rosa Regenbogen"}),
    ]


def _years_before(day: date, years: int) -> date:
    """The same day so many years ago; 29 February becomes the 28th."""
    return day.replace(
        year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day
    )
