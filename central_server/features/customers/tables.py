"""Tables of customers. There is no postal address and no list of what somebody bought; tills are told no contact."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
)

from central_server.platform.columns import (
    CustomerKey,
    IdentityNumber,
    StaffKey,
    StoreKey,
    UtcDateTime,
    personal,
    plain,
)
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
    personal(
        "phone",
        String(40),
        nullable=True,
        purpose="find the person who has no card at hand",
        basis=_BASIS,
        source=_IMPORT,
        retention=_LEAVING,
    ),
    personal(
        "email",
        String(120),
        nullable=True,
        purpose="find the person who has no card at hand",
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
    # Nobody stands behind the number any more: it only holds what was there.
    plain("erased_at", UtcDateTime, nullable=True),
    # Counts changes of name and contact, so that a till says what it had seen when it changed one.
    plain("rev", Integer, server_default="0"),
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
    Index(None, "kind", "word", "number"),
)

customer_attribute = Table(
    "customer_attribute",
    metadata,
    personal("number", CustomerKey, ForeignKey("customer.number"), primary_key=True, **_WORDS),
    personal("name", String(60), primary_key=True, **_WORDS),
    personal("value", String(200), **_WORDS),
)

_RECOGNISE = {
    "purpose": "recognise the person at the till",
    "basis": _BASIS,
    "source": "head office",
    "retention": _LEAVING,
}

customer_card = Table(
    "customer_card",
    metadata,
    personal("card", CustomerKey, primary_key=True, **_RECOGNISE),
    personal("number", CustomerKey, ForeignKey("customer.number"), index=True, **_RECOGNISE),
    plain("state", String(8)),
    personal("replaced_by", CustomerKey, nullable=True, **_RECOGNISE),
    plain("reason", String(200)),
    plain("issued_at", UtcDateTime),
    plain("changed_at", UtcDateTime),
)

# Numbers that another number took over: they name that customer for ever, in one step.
customer_alias = Table(
    "customer_alias",
    metadata,
    personal("old", CustomerKey, primary_key=True, **_RECOGNISE),
    personal("number", CustomerKey, index=True, **_RECOGNISE),
    plain("merged_at", UtcDateTime),
)

_FIND = {
    "purpose": "find the person who has no card at hand",
    "basis": _BASIS,
    "source": "made from name, contact and cards",
    "retention": _LEAVING,
}
# Compared byte by byte on both databases, so that beginnings are ranges of the index.
FoundWord = String(60).with_variant(String(60, collation="C"), "postgresql")

customer_find = Table(
    "customer_find",
    metadata,
    personal("number", CustomerKey, primary_key=True, **_FIND),
    personal("word", FoundWord, primary_key=True, **_FIND),
    Index(None, "word", "number"),
)

_LOOKS = {
    "purpose": "tell the person who looked, and why",
    "basis": "GDPR art. 5(2) and 15: accountability",
    "source": "whoever looked",
    "retention": "three years",
}

_PERSON_KEY = {
    "purpose": "read the name that a till took down",
    "basis": _BASIS,
    "source": "the till",
    "retention": _LEAVING,
}

# What opens the sealed parts of events about a person. Without the key nobody can read them any more.
person_key = Table(
    "person_key",
    metadata,
    personal("number", CustomerKey, primary_key=True, **_PERSON_KEY),
    personal("key", LargeBinary(32), **_PERSON_KEY),
    # Whose it is, where its number is not the customer's own: known once the event that it opens is there.
    personal("customer", CustomerKey, nullable=True, index=True, **_PERSON_KEY),
)

_TOKEN = {
    "purpose": "prove who looked, without naming the person",
    "basis": "GDPR art. 5(2) and 15: accountability",
    "source": "made at random",
    "retention": "three years",
}

# What stands for a customer in the chain over looks, and holds what they have once they are erased.
customer_token = Table(
    "customer_token",
    metadata,
    personal("number", CustomerKey, primary_key=True, **_TOKEN),
    personal("token", CustomerKey, unique=True, **_TOKEN),
)

# Each time that somebody looked at a customer.
customer_look = Table(
    "customer_look",
    metadata,
    plain("id", IdentityNumber, primary_key=True, autoincrement=True),
    personal("number", CustomerKey, **_LOOKS),
    personal("looked_by", StaffKey, **_LOOKS),
    plain("purpose", String(40)),
    plain("at", UtcDateTime),
    # Its place in the chain, empty until it is chained.
    plain("position", BigInteger, nullable=True, unique=True),
    personal("token", CustomerKey, nullable=True, **_TOKEN),
    plain("hash", String(64), nullable=True),
    Index(None, "number", "id"),
)

_CONSENT = {
    "purpose": "prove what the person agreed to, and took back",
    "basis": "GDPR art. 7(1): proof of consent",
    "source": "the person, taken down by a till or head office",
    "retention": "three years after it was taken back",
}

# What customers agreed to or took back, each time. Rows are added and never changed, but for their place in the chain.
customer_consent = Table(
    "customer_consent",
    metadata,
    plain("id", IdentityNumber, primary_key=True, autoincrement=True),
    personal("number", CustomerKey, index=True, **_CONSENT),
    plain("purpose", String(16)),
    plain("given", Boolean),
    plain("said_at", UtcDateTime),
    plain("arrived_at", UtcDateTime),
    personal("taken_by", StaffKey, **_CONSENT),
    plain("source", String(40)),
    plain("event_id", Uuid, nullable=True, unique=True),
    plain("position", BigInteger, nullable=True, unique=True),
    personal("token", CustomerKey, nullable=True, **_TOKEN),
    plain("hash", String(64), nullable=True),
)

_NOTE = {
    "purpose": "serve the person as they wish",
    "basis": _BASIS,
    "source": "whoever served the person",
    "retention": _LEAVING,
}

# Notes on customers. They are only added, and go with the person.
customer_note = Table(
    "customer_note",
    metadata,
    plain("id", IdentityNumber, primary_key=True, autoincrement=True),
    personal("number", CustomerKey, index=True, **_NOTE),
    personal("text", String(1000), **_NOTE),
    personal("written_by", StaffKey, **_NOTE),
    plain("source", String(40)),
    plain("written_at", UtcDateTime),
    plain("arrived_at", UtcDateTime),
    plain("event_id", Uuid, nullable=True, unique=True),
)

_CHANGE = {
    "purpose": "put right what two people changed at once",
    "basis": _BASIS,
    "source": "whoever changed it",
    "retention": _LEAVING,
}

# Each change of a customer's name or contact: what it became and what it was.
customer_change = Table(
    "customer_change",
    metadata,
    plain("id", IdentityNumber, primary_key=True, autoincrement=True),
    personal("number", CustomerKey, **_CHANGE),
    plain("field", String(8)),
    plain("rev", Integer),
    personal("value", String(120), **_CHANGE),
    personal("before", String(120), **_CHANGE),
    personal("changed_by", StaffKey, **_CHANGE),
    plain("source", String(40)),
    plain("said_at", UtcDateTime),
    plain("arrived_at", UtcDateTime),
    # Whether somebody else had changed the field since the till saw it.
    plain("conflict", Boolean),
    plain("event_id", Uuid, nullable=True, unique=True),
    Index(None, "number", "field", "rev"),
)
