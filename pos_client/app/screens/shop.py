"""The shop in the pictures, once and in both languages: what it sells, who works there, where else the chain is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from argon2 import PasswordHasher

from pos_client.app.translations import LANGUAGES
from pos_client.storage.feed_applier import FeedApplier
from pos_client.storage.identity import IdentityFile, TillIdentity
from pos_client.storage.paths import DataPaths
from pos_client.storage.reference_files import ReferenceFiles
from shared.catalogue import Item
from shared.pricing import PriceEntry
from shared.wire.models import FeedPage, FeedRow, StoreFacts
from shared.wire.payloads import (
    STORE_NAME_KEY,
    StaffRow,
    StockLevel,
    StoreName,
    item_payload,
    price_payload,
    staff_payload,
    stock_level_key,
    stock_level_payload,
    store_name_payload,
)

# The same in each of `LANGUAGES`.
Words = tuple[str, str]
MARKET, CURRENCY, PIN = "DE", "EUR", "493817"
_OPENED = datetime(2026, 1, 1, tzinfo=UTC)
_CHAIN = "chain"


@dataclass(frozen=True, slots=True)
class _Style:
    """A kind of garment: each of its `models` is an article, in every size and colour."""

    category: Words
    kind: Words
    price: int
    models: str = ""
    sizes: str = ""
    colours: tuple[Words, ...] = ()
    age: int = 0


_TROUSERS = ("Hosen", "Trousers")
_SHIRTS = ("Hemden & Blusen", "Shirts & blouses")
_KNITWEAR = ("Strick", "Knitwear")
_COATS = ("Jacken & Mäntel", "Jackets & coats")
_DRESSES = ("Kleider & Röcke", "Dresses & skirts")
_SHOES = ("Schuhe", "Shoes")
_SOCKS = ("Socken & Wäsche", "Socks & tights")
_MORE = ("Accessoires", "Accessories")
_KIDS = ("Kinder", "Kids")
_SAND, _BLACK, _WHITE, _NAVY = (
    ("Sand", "Sand"),
    ("Schwarz", "Black"),
    ("Weiß", "White"),
    ("Dunkelblau", "Dark blue"),
)
_STYLES = (
    _Style(_TROUSERS, ("Stoffhose", "Cloth trousers"), 7995, "Lene Tjark Ida",
           "34 36 38 40 42", (_SAND, _BLACK)),
    _Style(_TROUSERS, ("Jeans", "Jeans"), 8995, "Fenja Jonte Bente",
           "W28/L30 W29/L32 W30/L32 W32/L34", (_NAVY,)),
    _Style(_SHIRTS, ("Bluse", "Blouse"), 5995, "Oda Stine", "36 38 40 42",
           (("Hellblau", "Light blue"), _WHITE)),
    _Style(_SHIRTS, ("Hemd", "Shirt"), 6995, "Arne Malo Hauke", "S M L XL", (_WHITE,)),
    _Style(_KNITWEAR, ("Merinopullover", "Merino jumper"), 9995, "Runa Ole Svea", "S M L",
           (("Petrol", "Petrol"),)),
    _Style(_COATS, ("Wollmantel", "Wool coat"), 24995, "Helge Tomke", "36 38 40 42", (_SAND,)),
    _Style(_COATS, ("Regenjacke", "Rain jacket"), 12995, "Boje", "S M L", (("Gelb", "Yellow"),)),
    _Style(_DRESSES, ("Kleid", "Dress"), 11995, "Merle Jule", "36 38 40", (_BLACK,)),
    _Style(_DRESSES, ("Rock", "Skirt"), 6995, "Nele Wencke", "36 38 40", (_NAVY,)),
    _Style(("T-Shirts", "T-shirts"), ("T-Shirt", "T-shirt"), 2495, "Mats Lotte Kaja Finn",
           "S M L XL", (_WHITE,)),
    _Style(_SHOES, ("Stoffschuhe", "Cloth shoes"), 7495, "Piet", "38 39 40 41", (_NAVY,)),
    _Style(_SHOES, ("Stiefel", "Boots"), 16995, "Wiebke Enno", "37 38 39 40", (_BLACK,)),
    _Style(_SOCKS, ("Wollsocken, 3 Paar", "Wool socks, 3 pairs"), 1495, "", "35–38 39–42 43–46",
           (("Grau", "Grey"),)),
    _Style(_SOCKS, ("Unterhemd", "Vest"), 1995, "Tede", "S M L", (_WHITE,)),
    _Style(_MORE, ("Ledergürtel", "Leather belt"), 3995, "Pelle", "85 95 105",
           (("Cognac", "Cognac"),)),
    _Style(_MORE, ("Stofftasche", "Cloth bag"), 1495, "Elbe"),
    _Style(_MORE, ("Taschenmesser", "Pocket knife"), 4495, "Hinnerk", age=18),
    _Style(_KIDS, ("Latzhose", "Dungarees"), 4995, "Pips Momme", "92 98 104 110", (_NAVY,)),
    _Style(("Geschenke", "Gifts"), ("Geschenkbox", "Gift box"), 495, "Kranich Kater"),
    _Style(("Änderung", "Alterations"), ("Hose kürzen", "Shorten trousers"), 1200),
)  # fmt: skip
_STAFF = (
    ("101", "Imke Kieselstein", "store_manager"),
    ("102", "Jette Sandkorn", "cashier"),
    ("103", "Malte Wolkenstein", "salesperson"),
    ("104", "Ayla Mondschein", "salesperson"),
    ("105", "Theo Regenbach", "cashier"),
    ("106", "Bo Laubfrosch", "salesperson"),
)
_STORES = (
    StoreName("DE01", "Lindenplatz", "Musterhafen"),
    StoreName("DE02", "Hafenstraße", "Musterhafen"),
    StoreName("DE03", "Marktgasse", "Beispielstadt"),
    StoreName("AT01", "Donauzeile", "Probewien"),
)


def goods(language: str) -> Iterator[tuple[Item, int]]:
    """Every variant with its price; what the till does not translate is in `language`."""
    at = LANGUAGES.index(language)
    number = 100
    for style in _STYLES:
        for model in style.models.split() or [""]:
            sizes, colours = style.sizes.split() or [""], style.colours or (("", ""),)
            pairs = [(size, colour[at]) for colour in colours for size in sizes]
            for variant, (size, colour) in enumerate(pairs, 1):
                article = f"KK-{number}"
                item = Item(
                    sku=f"{article}-{variant:02}" if len(pairs) > 1 else article,
                    article_no=article,
                    names=_names(style.kind, model),
                    vat_category="standard",
                    size=size,
                    colour=colour,
                    brand="Kranich",
                    category=style.category[at],
                    age_class=style.age,
                )
                yield item, style.price
            number += 1


def _names(kind: Words, model: str) -> dict[str, str]:
    quoted = (f" „{model}“", f" “{model}”") if model else ("", "")
    return {tag: word + quote for tag, word, quote in zip(LANGUAGES, kind, quoted, strict=True)}


def set_up(paths: DataPaths, language: str) -> None:
    """Make the folder a till of the shop, with what the centre would have sent."""
    paths.prepare()
    own = _STORES[0]
    facts = StoreFacts(
        store_id=own.store_id,
        name=f"Kranich & Kater {own.name}",
        market=MARKET,
        currency=CURRENCY,
        timezone="Europe/Berlin",
        address=["Lindenplatz 4", f"20095 {own.city}"],
        vat_id="DE000000000",
        languages=[language],
    )
    identity = TillIdentity(
        till_id="DE01-T2",
        incarnation=2,
        mode="demo",
        store=facts,
        centre_key="",
        centre_url="https://zentrale.example",
    )
    IdentityFile(paths).take_over(identity)
    applier = FeedApplier(ReferenceFiles(paths.reference).create_empty())
    for feed, rows in _feeds(language).items():
        page = FeedPage(
            epoch="1", cursor="1", head=1, checkpoint=1, complete=True, processed_through=0,
            rows=list(rows),
        )  # fmt: skip
        applier.take(feed, page)
    applier.close()


def _feeds(language: str) -> dict[str, Iterable[FeedRow]]:
    # The till only compares with it: it may be cheap.
    verifier = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)
    sold = list(goods(language))
    staff = [StaffRow(*person, language, verifier, active=True) for person in _STAFF]
    prices = [PriceEntry(item.sku, _CHAIN, price, CURRENCY, _OPENED) for item, price in sold]
    levels = [
        StockLevel(item.sku, store.store_id, Decimal((3 * at + 5 * where + at // 4 + 2) % 7))
        for at, (item, _) in enumerate(sold)
        for where, store in enumerate(_STORES)
    ]
    return {
        "reference": [
            *(_row("item", item.sku, item_payload(item)) for item, _ in sold),
            *(_row("price", entry.sku, price_payload([entry])) for entry in prices),
        ],
        "staff": [_row("staff", person.staff_id, staff_payload(person)) for person in staff],
        "config": [
            _row("config", f"{STORE_NAME_KEY}{store.store_id}", store_name_payload(store))
            for store in _STORES
        ],
        "stock": [
            _row("stock_level", stock_level_key(at.sku, at.location), stock_level_payload(at))
            for at in levels
        ],
    }


def _row(kind: str, key: str, payload: object) -> FeedRow:
    return FeedRow.model_validate(
        {"kind": kind, "key": key, "scope": _CHAIN, "seq": 1, "op": "put", "d": payload}
    )
