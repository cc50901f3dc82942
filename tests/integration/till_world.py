"""A till on real files for the tests: identity, key, reference data, a clock that stands until it is moved."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_client.app.composition import Till, open_till
from pos_client.runtime.clock import BusinessClock
from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.identity import TillIdentity
from pos_client.storage.paths import DataPaths, write_atomically
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.sync.keys import TillKey
from shared.catalogue import Item
from shared.identity import FixedClock
from shared.pricing import PriceEntry
from shared.quantity import with_check_digit
from shared.tax import RATE_TABLE
from shared.wire.models import FeedPage, FeedRow, StoreFacts
from shared.wire.payloads import (
    StaffRow,
    item_payload,
    price_payload,
    staff_payload,
    vat_key,
    vat_payload,
)

NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
PIN = "4711"
# One cheap verifier: the tests log in often.
VERIFIER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)
CENTRE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def centre_key_text() -> str:
    return base64.b64encode(CENTRE_KEY.public_key().public_bytes_raw()).decode("ascii")


def centre_signature(data: bytes) -> str:
    return base64.b64encode(CENTRE_KEY.sign(data)).decode("ascii")


def make_identity(
    *,
    market="DE",
    mode="demo",
    till="DE01-T1",
    incarnation=1,
    currency="EUR",
    url="http://127.0.0.1:9",
) -> TillIdentity:
    zone = {"DE": "Europe/Berlin", "AT": "Europe/Vienna", "GB": "Europe/London"}[market]
    return TillIdentity(
        till_id=till,
        incarnation=incarnation,
        mode=mode,
        centre_key=centre_key_text(),
        centre_url=url,
        store=StoreFacts(
            store_id=f"{market}01",
            name="Kranich & Kater",
            market=market,
            currency=currency,
            timezone=zone,
            address=["Hafenstraße 1", "20095 Hamburg"],
            vat_id="DE123456789",
            languages=["de"] if market != "GB" else ["en"],
        ),
    )


def write_identity(data: Path, identity: TillIdentity) -> DataPaths:
    paths = DataPaths(data)
    paths.prepare()
    write_atomically(paths.identity, identity.model_dump_json().encode("utf-8"))
    TillKey.make_or_load(paths.key)
    return paths


def gtin(number: int) -> str:
    return with_check_digit(f"200{number:09d}")


def item(number: int, **changes) -> Item:
    facts = {
        "sku": f"S{number}",
        "article_no": f"S{number}",
        "names": {"de": f"Schal {number}", "en": f"Scarf {number}"},
        "vat_category": "standard",
        "barcodes": (gtin(number),),
    }
    return Item(**{**facts, **changes})


def item_row(of: Item, seq: int = 1, scope: str = "chain") -> FeedRow:
    return FeedRow(kind="item", key=of.sku, scope=scope, seq=seq, op="put", d=item_payload(of))


def price_row(sku: str, amount: int, seq: int = 1, currency: str = "EUR", scope="chain") -> FeedRow:
    entry = PriceEntry(sku, scope, amount, currency, SINCE)
    return FeedRow(kind="price", key=sku, scope=scope, seq=seq, op="put", d=price_payload([entry]))


def vat_rows(market: str) -> list[FeedRow]:
    return [
        FeedRow(
            kind="vat", key=vat_key(r), scope=f"market:{market}", seq=1, op="put", d=vat_payload(r)
        )
        for r in RATE_TABLE
        if r.country == market
    ]


def staff_row(staff_id: str = "101", seq: int = 1, **changes) -> FeedRow:
    facts = {
        "staff_id": staff_id,
        "name": "Mia",
        "role": "cashier",
        "language": "de",
        "pin_verifier": VERIFIER,
        "active": True,
    }
    row = StaffRow(**{**facts, **changes})
    return FeedRow(
        kind="staff", key=staff_id, scope="store:DE01", seq=seq, op="put", d=staff_payload(row)
    )


def sealing(paths: DataPaths) -> CustomerVault:
    """The vault of a till that was given its key."""
    if not paths.customer_key.exists():
        write_atomically(paths.customer_key, bytes(range(32)))
    return CustomerVault(paths.customer_key)


def page(rows, cursor="e.1.0", *, complete=True, processed=0) -> FeedPage:
    return FeedPage(
        epoch="e",
        cursor=cursor,
        head=10,
        checkpoint=10,
        complete=complete,
        processed_through=processed,
        rows=list(rows),
    )


def fill_reference(paths: DataPaths, *, articles=20, market="DE", currency="EUR") -> Path:
    files = ReferenceFiles(paths.reference)
    path = files.create_empty()
    applier = FeedApplier(path)
    rows = [item_row(item(n)) for n in range(1, articles + 1)]
    rows += [price_row(f"S{n}", 100 * n, currency=currency) for n in range(1, articles + 1)]
    applier.take("reference", page([*rows, *vat_rows(market)]))
    applier.take("staff", page([staff_row(), staff_row("102", name="Jo")]))
    applier.close()
    return path


class World:
    """A till that can be closed and opened again, as a restart would."""

    def __init__(
        self, data: Path, *, market="DE", mode="demo", currency="EUR", articles=20
    ) -> None:
        self.identity = make_identity(market=market, mode=mode, currency=currency)
        self.paths = write_identity(data, self.identity)
        self.reference_file = fill_reference(
            self.paths, articles=articles, market=market, currency=currency
        )
        self.system = FixedClock(NOON)
        self.clock = BusinessClock(self.system)
        self.second_copy: Path | None = None
        self.opened: list[Till] = []

    def open(self, *, login=True, **changes) -> Till:
        till = open_till(
            self.paths.root,
            clock=self.clock,
            system_clock=self.system,
            second_copy=self.second_copy,
            **changes,
        )
        self.opened.append(till)
        if login:
            till.login.on_login("101", PIN)
        return till

    def reopen(self, till: Till, *, login=True) -> Till:
        till.close()
        self.opened.remove(till)
        return self.open(login=login)

    def later(self, **step) -> None:
        self.system.at += timedelta(**step)

    def close(self) -> None:
        for till in self.opened:
            till.close()


def sell(till: Till, *codes: str, ref: str = ""):
    """Ring the codes up, pay exactly, finish; the receipt."""
    if ref:
        till.basket.on_reference(ref)
    for code in codes or ("S1",):
        till.basket.on_add(code)
    till.payment.on_cash()
    till.payment.on_finish()
    assert till.payment.last_receipt is not None
    return till.payment.last_receipt


def all_events(till: Till):
    return list(till.journal.events_after(0))
