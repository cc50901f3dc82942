"""Reading the reference data: articles, prices, promotions, customers, VAT rates, staff, settings, stock, search.

Never writes.

The file may be switched or changed under the reader at any time; every question looks at the state of now.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.promotion_shelf import PromotionShelf, PublishedPromotion, has_table
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.storage.search import (
    categories,
    category_items,
    customers_marked,
    search_items,
    variant_counts,
)
from pos_client.storage.sqlite import Connection, SqliteError, connect, is_damaged, problem
from shared.catalogue import Item
from shared.errors import DomainError, EnvironmentProblem
from shared.pricing import PriceEntry, PriceQuestion, resolve_price
from shared.quantity import from_thousandths
from shared.tax import RATE_TABLE, VatRate
from shared.wire.customer_payloads import CustomerRow, customer_from_payload
from shared.wire.payloads import (
    STORE_NAME_KEY,
    StaffRow,
    StoreName,
    item_from_payload,
    prices_from_payload,
    staff_from_payload,
    store_name_from_payload,
    vat_from_payload,
)
from shared.wire.promotion_payloads import PromotionUsage

_CACHED = 5_000


class Reference:
    """The reference data of one till as it stands now.

    Every method may raise `EnvironmentProblem`: `reference_missing` before any data has come, `reference_corrupt` for
    a broken file, which is reported to the sync process so that it fetches another by itself. `between` is for a reader
    beside the till, see `PromotionShelf`. Whoever has no `vault` cannot read customers.
    """

    def __init__(
        self,
        files: ReferenceFiles,
        between: Callable[[], object] = lambda: None,
        vault: CustomerVault | None = None,
    ) -> None:
        self._files = files
        self._vault = vault
        self._connection: Connection | None = None
        self._path: Path | None = None
        self._pointer_stamp: tuple[int, int] = (0, 0)
        self._data_version = -1
        self._items: dict[str, Item] = {}
        self._prices: dict[str, tuple[PriceEntry, ...]] = {}
        self._vat: tuple[VatRate, ...] | None = None
        self._config: dict[str, dict[str, Any] | None] = {}
        self._alike: dict[str, tuple[dict[str, Any], ...]] = {}
        self._categories: tuple[tuple[str, int], ...] | None = None
        self._promotions = PromotionShelf(between)
        self._usage: dict[str, PromotionUsage] | None = None
        self._through: dict[str, int] = {}

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._forget()

    def _forget(self) -> None:
        self._items.clear()
        self._prices.clear()
        self._config.clear()
        self._alike.clear()
        self._vat = None
        self._categories = None
        self._promotions.doubt()
        self._usage = None
        self._through.clear()

    @contextlib.contextmanager
    def _asking(self) -> Iterator[Connection]:
        try:
            connection = self._current()
            version = connection.execute("PRAGMA data_version").fetchone()[0]
            if version != self._data_version:
                self._data_version = version
                self._forget()
            yield connection
        except SqliteError as error:
            path = self._path
            self.close()
            if is_damaged(error) and path is not None:
                self._files.report_broken(path)
            raise problem(error, "reference") from error

    def _current(self) -> Connection:
        try:
            found = self._files.pointer.stat()
            stamp = (found.st_ino, found.st_mtime_ns)
        except OSError:
            stamp = (0, 0)
        if self._connection is not None and stamp == self._pointer_stamp:
            return self._connection
        self.close()
        path = self._files.current()
        if path is None:
            raise EnvironmentProblem("reference_missing")
        self._path = path
        self._connection = connect(path, synchronous="NORMAL", read_only=True)
        self._pointer_stamp = stamp
        self._data_version = -1
        return self._connection

    @property
    def version(self) -> str:
        """The state of the reference feed that prices come from; empty before the first."""
        with self._asking() as connection:
            row = connection.execute(
                "SELECT cursor FROM feed_cursor WHERE feed='reference'"
            ).fetchone()
        return str(row[0]) if row else ""

    def find(self, code: str) -> Item:
        """The article with this barcode, sku or article number, in that order.

        `DomainError('article_unknown')`; `('article_ambiguous')` for the number of an article with several variants.
        """
        with self._asking() as connection:
            cached = self._items.get(code)
            if cached is not None:
                return cached
            row = connection.execute(
                "SELECT i.payload FROM barcode b JOIN item i ON i.sku = b.sku WHERE b.code = ?",
                (code,),
            ).fetchone()
            row = (
                row
                or connection.execute("SELECT payload FROM item WHERE sku = ?", (code,)).fetchone()
            )
            if row is None:
                rows = connection.execute(
                    "SELECT payload FROM item WHERE article_no = ? LIMIT 2", (code,)
                ).fetchall()
                if len(rows) > 1:
                    raise DomainError("article_ambiguous", {"code": code[:60]}, http_status=404)
                if not rows:
                    raise DomainError("article_unknown", {"code": code[:60]}, http_status=404)
                row = rows[0]
        item = item_from_payload(json.loads(row[0]))
        if len(self._items) >= _CACHED:
            self._items.clear()
        self._items[code] = item
        return item

    def variants(self, article_no: str) -> tuple[Item, ...]:
        """All variants of an article, by sku."""
        with self._asking() as connection:
            rows = connection.execute(
                "SELECT payload FROM item WHERE article_no = ? ORDER BY sku LIMIT 500",
                (article_no,),
            ).fetchall()
        return tuple(item_from_payload(json.loads(row[0])) for row in rows)

    def price(self, sku: str, question: PriceQuestion) -> PriceEntry | None:
        """The price that holds for the question; None if there is none."""
        return resolve_price(self.price_entries(sku), question)

    def price_entries(self, sku: str) -> tuple[PriceEntry, ...]:
        """All prices of an article in the till's scopes, past and coming ones too."""
        with self._asking() as connection:
            entries = self._prices.get(sku)
            if entries is None:
                rows = connection.execute(
                    "SELECT scope, payload FROM price WHERE sku = ?", (sku,)
                ).fetchall()
                entries = tuple(
                    entry
                    for scope, payload in rows
                    for entry in prices_from_payload(sku, scope, json.loads(payload))
                )
                if len(self._prices) >= _CACHED:
                    self._prices.clear()
                self._prices[sku] = entries
        return entries

    def vat_rows(self) -> tuple[VatRate, ...]:
        """The VAT table: what the centre sent, or what this release knows where it sent none."""
        with self._asking() as connection:
            if self._vat is None:
                rows = connection.execute("SELECT payload FROM vat").fetchall()
                sent = tuple(vat_from_payload(json.loads(row[0])) for row in rows)
                self._vat = sent or RATE_TABLE
            return self._vat

    def staff(self, staff_id: str) -> StaffRow | None:
        """The member of staff with this number; None if there is none."""
        with self._asking() as connection:
            row = connection.execute(
                "SELECT payload FROM staff WHERE staff_id = ?", (staff_id,)
            ).fetchone()
        return staff_from_payload(json.loads(row[0])) if row else None

    def config(self, key: str) -> dict[str, Any] | None:
        """A setting of the centre: this till's own row beats its store's, that a market's, that the chain's."""
        with self._asking() as connection:
            if key in self._config:
                return self._config[key]
            row = connection.execute(
                "SELECT payload FROM config WHERE key = ? ORDER BY CASE WHEN scope LIKE 'till:%' THEN 0"
                " WHEN scope LIKE 'store:%' THEN 1 WHEN scope LIKE 'market:%' THEN 2 ELSE 3 END LIMIT 1",
                (key,),
            ).fetchone()
        value = json.loads(row[0]) if row else None
        found = value if isinstance(value, dict) else None
        self._config[key] = found
        return found

    def configs(self, prefix: str) -> tuple[dict[str, Any], ...]:
        """The chain's settings whose keys begin so: the same object until something changes."""
        with self._asking() as connection:
            if prefix in self._alike:
                return self._alike[prefix]
            rows = connection.execute(
                "SELECT payload FROM config WHERE scope = 'chain' AND substr(key, 1, ?) = ? ORDER BY key",
                (len(prefix), prefix),
            ).fetchall()
        found = tuple(json.loads(row[0]) for row in rows)
        self._alike[prefix] = found
        return found

    def stock(self, sku: str) -> dict[str, Decimal]:
        """What the centre has booked of a sku, by location."""
        with self._asking() as connection:
            rows = connection.execute(
                "SELECT location, quantity_thousandths FROM stock_level WHERE sku = ?", (sku,)
            ).fetchall()
        return {location: from_thousandths(value) for location, value in rows}

    def stock_processed_through(self) -> int:
        """The own journal position that the stock levels already contain."""
        return self._processed_through("stock")

    def _processed_through(self, feed: str) -> int:
        with self._asking() as connection:
            if feed not in self._through:
                row = connection.execute(
                    "SELECT value FROM meta WHERE name = ?", (f"processed_through:{feed}",)
                ).fetchone()
                self._through[feed] = int(row[0]) if row else 0
            return self._through[feed]

    def promotions(self, currency: str) -> tuple[PublishedPromotion, ...]:
        """The promotions to price with, by id: those that are open, will be, or have ended a while ago.

        The same object as long as no promotion changed: a book of them is made again only when it is another one.
        """
        with self._asking() as connection:
            return self._promotions.counting(connection, currency)

    def promotion_version(self, promotion_id: str, version: int) -> PublishedPromotion | None:
        """A version that a receipt names, also a replaced or withdrawn one; None if it is not here (any more)."""
        with self._asking() as connection:
            return self._promotions.version(connection, promotion_id, version)

    def promotion_usage(self) -> dict[str, PromotionUsage]:
        """How far promotions with a limit over all receipts are used up, as the centre has booked it.

        The same object as long as nothing changed.
        """
        with self._asking() as connection:
            if self._usage is None:
                rows = (
                    connection.execute(
                        "SELECT promotion_id, uses, amount FROM promotion_use"
                    ).fetchall()
                    if has_table(connection, "promotion_use")
                    else []
                )
                self._usage = {row[0]: PromotionUsage(*row) for row in rows}
            return self._usage

    def usage_processed_through(self) -> int:
        """The own journal position that `promotion_usage` already contains."""
        return self._processed_through("usage")

    def customer(self, number: str) -> CustomerRow | None:
        """The customer with this number, blanks around it aside; None if this till knows of none."""
        wanted = number.strip()
        with self._asking() as connection:
            if self._vault is None or not has_table(connection, "customer"):
                return None
            row = connection.execute(
                "SELECT payload FROM customer WHERE number = ?", (wanted,)
            ).fetchone()
        values = self._vault.open(wanted, row[0]) if row else None
        return customer_from_payload(values) if values is not None else None

    def customers_with(self, words: Sequence[str], limit: int) -> list[CustomerRow]:
        """At most so many customers with all of these words (`offline_words`), in no order; nobody for no words."""
        marks = self._vault.marks(words) if self._vault is not None else []
        if self._vault is None or not marks:
            return []
        with self._asking() as connection:
            if not has_table(connection, "customer_mark"):
                return []
            rows = customers_marked(connection, marks, limit)
        opened = (self._vault.open(number, sealed) for number, sealed in rows)
        return [customer_from_payload(values) for values in opened if values is not None]

    def customers_processed_through(self) -> int:
        """The own journal position that purchases and uses of customers already contain."""
        return self._processed_through("customer")

    def search(self, text: str, limit: int = 50) -> tuple[Item, ...]:
        """Articles whose words begin with every word of `text`, best first. No text, no articles."""
        with self._asking() as connection:
            return search_items(connection, text, limit)

    def categories(self) -> tuple[tuple[str, int], ...]:
        """Each category with the number of its articles, by name."""
        with self._asking() as connection:
            if self._categories is None:
                self._categories = categories(connection)
            return self._categories

    def category(self, category: str, after: str, limit: int) -> tuple[Item, ...]:
        """One variant of each article of a category, by article number behind `after`."""
        with self._asking() as connection:
            return category_items(connection, category, after, limit)

    def variant_counts(self, article_numbers: Collection[str]) -> dict[str, int]:
        """How many variants each of these articles has."""
        with self._asking() as connection:
            return variant_counts(connection, article_numbers)

    def store_names(self) -> dict[str, StoreName]:
        """What the chain's stores are called, by store id."""
        with self._asking() as connection:
            rows = connection.execute(
                "SELECT payload FROM config WHERE key >= ? AND key < ?",
                (STORE_NAME_KEY, STORE_NAME_KEY[:-1] + ";"),
            ).fetchall()
        stores = [store_name_from_payload(json.loads(row[0])) for row in rows]
        return {store.store_id: store for store in stores}

    def colleagues(self) -> tuple[StaffRow, ...]:
        """Who may log in here, by name."""
        with self._asking() as connection:
            rows = connection.execute("SELECT payload FROM staff").fetchall()
        people = [staff_from_payload(json.loads(row[0])) for row in rows]
        return tuple(sorted((p for p in people if p.active), key=lambda p: (p.name, p.staff_id)))

    def count(self) -> int:
        """How many articles there are."""
        with self._asking() as connection:
            return int(connection.execute("SELECT count(*) FROM item").fetchone()[0])
