"""Tables of customers. There is no address, no telephone number and no list of what somebody bought."""

from __future__ import annotations

from sqlalchemy import Date, ForeignKey, Integer, String, Table

from central_server.platform.columns import CustomerKey, StoreKey, UtcDateTime, personal, plain
from central_server.platform.schema import metadata

_BASIS = "Art. 6(1)(b) GDPR: the customer programme that the person joined"
_IMPORT = "customer file of head office"
_LEAVING = "until the person leaves the programme"

customer = Table(
    "customer",
    metadata,
    personal(
        "number",
        CustomerKey,
        primary_key=True,
        purpose="recognise the person at the till",
        basis=_BASIS,
        source=_IMPORT,
        retention="until the person leaves the programme; with receipts for ten years",
    ),
    personal(
        "name",
        String(120),
        purpose="greet the person, and see that the number was typed rightly",
        basis=_BASIS,
        source=_IMPORT,
        retention=_LEAVING,
    ),
    # Where there is a home store, no other store's tills hear of the person.
    personal(
        "store_id",
        StoreKey,
        ForeignKey("store.store_id"),
        nullable=True,
        purpose="tell only the tills that need to know",
        basis=_BASIS,
        source=_IMPORT,
        retention=_LEAVING,
    ),
    personal(
        "birthday",
        Date,
        nullable=True,
        purpose="birthday promotions",
        basis=_BASIS,
        source=_IMPORT,
        retention=_LEAVING,
    ),
    personal(
        "since",
        Date,
        nullable=True,
        purpose="promotions for those who have been there for a while",
        basis=_BASIS,
        source=_IMPORT,
        retention=_LEAVING,
    ),
    personal(
        "purchases_before",
        Integer,
        purpose="promotions by number of purchases: those made before or elsewhere",
        basis=_BASIS,
        source=_IMPORT,
        retention=_LEAVING,
    ),
    personal(
        "purchases_booked",
        Integer,
        purpose="promotions by number of purchases: those booked here",
        basis=_BASIS,
        source="receipts of tills",
        retention=_LEAVING,
    ),
    plain("created_at", UtcDateTime),
    plain("changed_at", UtcDateTime),
)

_WORDS = {
    "purpose": "promotions for groups of customers",
    "basis": _BASIS,
    "source": _IMPORT,
    "retention": _LEAVING,
}

customer_word = Table(
    "customer_word",
    metadata,
    personal("number", CustomerKey, ForeignKey("customer.number"), primary_key=True, **_WORDS),
    # groups, segments, types, communities or subscriptions
    plain("kind", String(16), primary_key=True),
    personal("word", String(80), primary_key=True, **_WORDS),
)

customer_attribute = Table(
    "customer_attribute",
    metadata,
    personal("number", CustomerKey, ForeignKey("customer.number"), primary_key=True, **_WORDS),
    personal("name", String(60), primary_key=True, **_WORDS),
    personal("value", String(200), **_WORDS),
)
