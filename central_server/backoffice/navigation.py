"""The places of the pages and who finds them in the navigation: those whose right a visitor has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from central_server.platform.access import Right
from central_server.platform.translations import mark


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation; `short` fits below an icon on a telephone, where only `prime` ones are."""

    address: str
    icon: str
    name: str
    short: str
    part: str
    right: Right
    prime: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Places that belong together; the first group has no name."""

    name: str
    places: tuple[Place, ...]


GROUPS = (
    Group(
        "",
        (
            Place("/", "home", mark("Today"), mark("Today"), "day", Right.FIGURES_READ, prime=True),
            Place("/live", "clock", mark("Live"), mark("Live"), "live", Right.FIGURES_READ),
            Place("/exceptions", "inbox", mark("Exceptions"), mark("Exceptions"), "exceptions",
                  Right.EXCEPTIONS_READ),
            Place("/releases", "user-check", mark("Releases"), mark("Releases"), "releases",
                  Right.RELEASES_DECIDE),
        ),
    ),
    Group(
        mark("Trade"),
        (
            Place("/receipts", "receipt", mark("Receipts"), mark("Receipts"), "receipts",
                  Right.RECEIPTS_READ, prime=True),
            Place("/articles", "hanger", mark("Articles"), mark("Articles"), "articles",
                  Right.CATALOGUE_READ, prime=True),
            Place("/prices", "tags", mark("Prices"), mark("Prices"), "prices", Right.PRICES_READ),
            Place("/offers", "shopping-bag", mark("Offers"), mark("Offers"), "offers",
                  Right.PRICES_READ),
            Place("/promotions", "percentage", mark("Promotions"), mark("Promotions"), "promotions",
                  Right.PROMOTIONS_READ),
            Place("/stock", "building-warehouse", mark("Stock"), mark("Stock"), "stock",
                  Right.STOCK_READ),
            Place("/tills", "building-store", mark("Stores and tills"), mark("Tills"), "tills",
                  Right.TILLS_READ, prime=True),
        ),
    ),
    Group(
        mark("Customers"),
        (
            Place("/customers", "user-search", mark("Customers"), mark("Customers"), "customers",
                  Right.CUSTOMERS_READ),
            Place("/values", "gift-card", mark("Cards and vouchers"), mark("Cards"), "values",
                  Right.VALUES_READ),
        ),
    ),
    Group(
        mark("Evaluation"),
        (
            Place("/figures", "chart-bar", mark("Figures"), mark("Figures"), "figures",
                  Right.FIGURES_READ),
            Place("/plan", "list-check", mark("Plan"), mark("Plan"), "plan", Right.FIGURES_READ),
            Place("/cash", "cash", mark("Cash differences"), mark("Cash"), "cash",
                  Right.FIGURES_READ),
            Place("/reports", "mail", mark("Reports by mail"), mark("By mail"), "reports",
                  Right.REPORTS_WRITE),
        ),
    ),
    Group(
        mark("Administration"),
        (
            Place("/people", "users", mark("People"), mark("People"), "people", Right.PEOPLE_READ),
            Place("/keys", "key", mark("API keys"), mark("API keys"), "keys", Right.KEYS_WRITE),
            Place("/webhooks", "plug", mark("Webhooks"), mark("Webhooks"), "webhooks",
                  Right.KEYS_WRITE),
            Place("/rules", "shield-check", mark("Rules"), mark("Rules"), "rules",
                  Right.RULES_WRITE),
            Place("/jobs", "clock-pause", mark("Jobs"), mark("Jobs"), "jobs", Right.JOBS_READ),
            Place("/audit", "history", mark("Audit trail"), mark("Audit trail"), "audit",
                  Right.AUDIT_READ),
        ),
    ),
)  # fmt: skip


def groups_of(rights: frozenset[Right]) -> Sequence[Group]:
    """The groups with the places that somebody with these rights may open; empty ones are left out."""
    found = (
        Group(group.name, tuple(place for place in group.places if place.right in rights))
        for group in GROUPS
    )
    return [group for group in found if group.places]
