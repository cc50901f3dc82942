"""Who the demo chain is: five stores in three countries, their tills and their people. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass

DEMO_PIN = "493817"
DEMO_PASSWORD = "kranich-und-kater"  # noqa: S105 - printed by the demo on purpose; refused outside demo mode


@dataclass(frozen=True, slots=True)
class DemoStore:
    """One store of the demo chain; `weight` is how busy it is compared with the quietest."""

    store_id: str
    city: str
    market: str
    currency: str
    timezone: str
    address: tuple[str, ...]
    vat_id: str
    languages: tuple[str, ...]
    weight: int

    @property
    def name(self) -> str:
        """The store as people call it."""
        return f"Kranich & Kater {self.city}"

    @property
    def till_ids(self) -> tuple[str, str]:
        """The two tills of the store."""
        return f"{self.store_id}-T1", f"{self.store_id}-T2"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who works for the demo chain."""

    staff_id: str
    name: str
    role: str
    store_ids: tuple[str, ...]
    language: str = "de"


STORES = (
    DemoStore(
        "DE01", "Hamburg", "DE", "EUR", "Europe/Berlin",
        ("Musterkai 1", "20000 Hamburg"), "DE000000001", ("de", "en"), 4,
    ),
    DemoStore(
        "DE02", "Köln", "DE", "EUR", "Europe/Berlin",
        ("Beispielgasse 22", "50000 Köln"), "DE000000001", ("de", "en"), 3,
    ),
    DemoStore(
        "DE03", "Leipzig", "DE", "EUR", "Europe/Berlin",
        ("Am Muster 3", "04000 Leipzig"), "DE000000001", ("de", "en"), 2,
    ),
    DemoStore(
        "AT01", "Wien", "AT", "EUR", "Europe/Vienna",
        ("Probeplatz 7", "1000 Wien"), "ATU00000001", ("de", "en"), 3,
    ),
    DemoStore(
        "UK01", "Bath", "GB", "GBP", "Europe/London",
        ("5 Sample Row", "Bath BA1 0AA"), "GB000000001", ("en", "de"), 2,
    ),
)  # fmt: skip

_ANIMALS = (
    "Dachs",
    "Fuchs",
    "Igel",
    "Luchs",
    "Marder",
    "Otter",
    "Reiher",
    "Specht",
    "Storch",
    "Wiesel",
)
_FIRST = ("Alex", "Robin", "Kim", "Toni", "Sascha", "Noa", "Charlie", "Mika", "Jona", "Luca")


def people() -> tuple[DemoPerson, ...]:
    """The staff: head office, a merchandiser, an accountant, and per store a manager, two cashiers, an adviser."""
    head = (
        DemoPerson("1", "Kim Kranich", "head_office", ()),
        DemoPerson("2", "Toni Kater", "merchandiser", ()),
        DemoPerson("3", "Alex Amsel", "accountant", ()),
        DemoPerson("4", "Robin Rabe", "regional_manager", ("DE01", "DE02", "DE03")),
    )
    return (*head, *(person for place in range(len(STORES)) for person in _team(place)))


def _team(place: int) -> tuple[DemoPerson, ...]:
    store = STORES[place]
    roles = ("store_manager", "cashier", "cashier", "salesperson")
    return tuple(
        DemoPerson(
            staff_id=str((place + 1) * 100 + number),
            name=f"{_FIRST[(place * 3 + number) % 10]} {_ANIMALS[(place * 4 + number) % 10]}",
            role=role,
            store_ids=(store.store_id,),
            language=store.languages[0],
        )
        for number, role in enumerate(roles, 1)
    )
