"""Payloads of customers: what pricing needs of them and a name to greet them by, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shared.journal.reader import BodyReader
from shared.promotions import Customer

# The row of the feed `config` that says how many days a till without the centre may show customers.
CUSTOMER_DATA_KEY = "customer_data"
OFFLINE_DAYS = 7
MOST_OFFLINE_DAYS = 90

# What of a row a till uses when it comes, and does not keep.
CONTACTS = "contacts"

# Lists of words that promotions may ask for, as docs/promotions.md names them.
CUSTOMER_LISTS = ("groups", "segments", "types", "communities", "subscriptions")


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as tills get them. `purchases` are those booked so far; `used` counts the uses of promotions that
    each customer may have only so often, by promotion id. `also` are the other numbers that name the customer: cards
    in use, and numbers that were taken over. `contacts` are the words of telephone number and mail address: a till
    makes marks of them that only it can make, and keeps none; `phone_end` is what it may show. `rev`
    counts changes of name and contact.
    """

    number: str
    name: str
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    birthday: date | None = None
    since: date | None = None
    purchases: int = 0
    used: Mapping[str, int] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    phone_end: str = ""
    rev: int = 0

    def facts(self, unbooked_purchases: int = 0) -> Customer:
        """What promotions are priced with; `unbooked_purchases` are those that the centre has not booked yet."""
        return Customer(
            id=self.number,
            lists=tuple((kind, frozenset(words)) for kind, words in self.lists.items() if words),
            attributes=tuple(self.attributes.items()),
            birthday=self.birthday,
            since=self.since,
            purchases=self.purchases + unbooked_purchases,
        )


def customer_payload(row: CustomerRow) -> dict[str, object]:
    """A customer for the tills of their scope; empty fields are left out."""
    full: dict[str, object] = {
        "number": row.number,
        "name": row.name,
        **{kind: list(row.lists.get(kind, ())) for kind in CUSTOMER_LISTS},
        "attributes": dict(row.attributes),
        "birthday": row.birthday.isoformat() if row.birthday is not None else "",
        "since": row.since.isoformat() if row.since is not None else "",
        "purchases": row.purchases,
        "used": dict(row.used),
        "also": list(row.also),
        CONTACTS: list(row.contacts),
        "phone_end": row.phone_end,
        "rev": row.rev,
    }
    return {name: value for name, value in full.items() if value or name in ("number", "name")}


def customer_from_payload(values: Mapping[str, object]) -> CustomerRow:
    """The customer in a payload; `DomainError('event_field_wrong')` names a malformed field."""
    read = BodyReader(values)
    attributes = read.object("attributes") if "attributes" in values else BodyReader({})
    used = read.object("used") if "used" in values else BodyReader({})
    return CustomerRow(
        number=read.text("number"),
        name=read.text("name"),
        lists={kind: read.texts(kind) for kind in CUSTOMER_LISTS if kind in values},
        attributes={name: attributes.text(name) for name in attributes.values},
        birthday=read.day("birthday") if "birthday" in values else None,
        since=read.day("since") if "since" in values else None,
        purchases=read.integer("purchases", 0),
        used={promotion: used.integer(promotion) for promotion in used.values},
        also=read.texts("also") if "also" in values else (),
        contacts=read.texts(CONTACTS) if CONTACTS in values else (),
        phone_end=read.text("phone_end", ""),
        rev=read.integer("rev", 0),
    )


def customer_data_payload(offline_days: int) -> dict[str, object]:
    """How long tills may show customers without the centre."""
    return {"offline_days": offline_days}


def offline_days_from_payload(values: Mapping[str, object] | None) -> int:
    """The days in the row, `OFFLINE_DAYS` where there is none or it makes no sense."""
    days = (values or {}).get("offline_days")
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= MOST_OFFLINE_DAYS:
        return OFFLINE_DAYS
    return days
