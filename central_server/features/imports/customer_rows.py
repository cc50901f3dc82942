"""One row of a file of customers as a customer, or what is wrong with it. Pure: asks no database."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from central_server.features.customers.service import CustomerDraft
from central_server.features.imports.rows import RowFault, row_reason, shorten
from central_server.features.imports.source import SourceRow
from shared.errors import DomainError
from shared.wire.customer_payloads import CUSTOMER_LISTS

T = TypeVar("T")
IGNORED = "-"
_ALIASES: dict[str, tuple[str, ...]] = {
    "number": (
        "number", "customer_number", "customer_no", "customer", "id", "kundennummer", "kundennr", "kunden_nr",
        "nummer", "kunde", "kartennummer", "card",
    ),
    "name": ("name", "display_name", "anzeigename", "kundenname"),
    "phone": ("phone", "telephone", "mobile", "telefon", "telefonnummer", "handy", "mobil"),
    "email": ("email", "e_mail", "mail", "mail_address", "mailadresse"),
    "groups": ("groups", "group", "gruppen", "gruppe", "kundengruppen", "kundengruppe"),
    "segments": ("segments", "segment", "segmente"),
    "types": ("types", "type", "typen", "typ", "kundentyp"),
    "communities": ("communities", "community"),
    "subscriptions": ("subscriptions", "subscription", "abos", "abonnements"),
    "attributes": ("attributes", "attribute", "attribut", "merkmale", "eigenschaften"),
    "birthday": ("birthday", "birth_date", "date_of_birth", "geburtstag", "geburtsdatum"),
    "since": ("since", "member_since", "customer_since", "seit", "kunde_seit", "mitglied_seit"),
    "purchases": ("purchases", "purchase_count", "käufe", "kaeufe", "einkäufe", "einkaeufe"),
    "store": ("store", "home_store", "filiale", "stammfiliale"),
}  # fmt: skip
FIELDS = tuple(_ALIASES)
_BY_ALIAS = {alias: field for field, aliases in _ALIASES.items() for alias in aliases}
_MOST = {"number": 40, "name": 120, "phone": 40, "email": 120, "attributes": 2_000, "store": 31}
_MOST_LIST, _MOST_WORD, _MOST_NAME, _MOST_VALUE = 2_000, 80, 60, 200
_MOST_PURCHASES = 10**9
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_GERMAN = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")


@dataclass(frozen=True, slots=True)
class CustomerColumns:
    """Positions of the fields in a row."""

    header: tuple[str, ...]
    position: Mapping[str, int]

    def title(self, field: str) -> str:
        """The file's own title of the column that stands for a field."""
        return self.header[self.position[field]] if field in self.position else field


def find_customer_columns(
    name: str, header: Sequence[str], mapping: Mapping[str, str]
) -> CustomerColumns:
    """The columns of a file with this header; `mapping` (column to field, or `-`) goes before the aliases.

    `DomainError`: `import_map_unknown`, `import_column_twice`, `import_column_missing`. A column that means
    nothing here is left out.
    """
    for column, field in mapping.items():
        if column not in header or field not in {*FIELDS, IGNORED}:
            params = {"entry": f"{column}={field}"[:80], "fields": ", ".join(FIELDS)}
            raise DomainError("import_map_unknown", params, http_status=400)
    position: dict[str, int] = {}
    for index, title in enumerate(header):
        field = mapping.get(title) or _field_of(title)
        if field in {"", IGNORED}:
            continue
        if field in position:
            params = {
                "name": name,
                "field": field,
                "first": header[position[field]][:60],
                "second": title[:60],
            }
            raise DomainError("import_column_twice", params, http_status=400)
        position[field] = index
    for field in ("number", "name"):
        if field not in position:
            found = ", ".join(title[:40] for title in header[:40])
            params = {"name": name, "field": field, "found": found}
            raise DomainError("import_column_missing", params, http_status=400)
    return CustomerColumns(tuple(header), position)


def _field_of(title: str) -> str:
    plain = re.sub(r"[^\w]+", "_", title.strip().lower()).strip("_")
    return _BY_ALIAS.get(plain, "")


@dataclass(frozen=True, slots=True)
class CustomerRowFacts:
    """What is known of the whole file: the stores that there are, and today."""

    stores: Collection[str]
    today: date


@dataclass(frozen=True, slots=True)
class ReadCustomer:
    """A row without faults."""

    line: int
    draft: CustomerDraft


def parse_customer(
    row: SourceRow, columns: CustomerColumns, facts: CustomerRowFacts
) -> ReadCustomer | list[RowFault] | None:
    """The customer in a row, or all its faults; None for a row that is empty."""
    if not any(cell.strip() for cell in row.cells):
        return None
    if len(row.cells) != len(columns.header):
        reason = row_reason("row_length", cells=len(row.cells), header=len(columns.header))
        return [RowFault(row.line, "", shorten(" | ".join(row.cells)), reason)]
    return _Reader(row, columns, facts).read()


class _BadFieldError(Exception):
    """A field cannot be what it stands for; caught where the row is put together."""


class _Reader:
    """Reads the fields of one row and collects what is wrong with them."""

    def __init__(self, row: SourceRow, columns: CustomerColumns, facts: CustomerRowFacts) -> None:
        self._row = row
        self._columns = columns
        self._facts = facts
        self._faults: list[RowFault] = []

    def read(self) -> ReadCustomer | list[RowFault]:
        """The customer, or the faults. A column that is there speaks: an empty field says that there is nothing."""
        number, name = self._needed("number"), self._needed("name")
        found: dict[str, Any] = {"name": name}
        for field, fact, convert in (
            ("birthday", "birthday", self._birthday),
            ("since", "since", _day),
            ("store", "store_id", self._store),
            ("phone", "phone", str),
            ("email", "email", str),
        ):
            if field in self._columns.position:
                found[fact] = self._convert(field, convert)
        if "purchases" in self._columns.position:
            found["purchases_before"] = self._convert("purchases", _count) or 0
        words = {
            kind: self._convert(kind, _words) or ()
            for kind in CUSTOMER_LISTS
            if kind in self._columns.position
        }
        attributes: dict[str, str] | None = None
        if "attributes" in self._columns.position:
            attributes = self._convert("attributes", _pairs) or {}
        return self._faults or ReadCustomer(
            self._row.line, CustomerDraft(number, found, words, attributes)
        )

    def _needed(self, field: str) -> str:
        faults = len(self._faults)
        value = self._text(field)
        if not value and len(self._faults) == faults:
            self._fault(field, "", row_reason("missing"))
        return value

    def _text(self, field: str) -> str:
        # Spreadsheets like blanks that do not break; here they are blanks.
        cell = self._row.cells[self._columns.position[field]]
        value = cell.replace("\u00a0", " ").replace("\u202f", " ").strip()
        most = _MOST.get(field, _MOST_LIST)
        if len(value) > most:
            self._fault(field, value, row_reason("too_long", length=len(value), most=most))
            return ""
        if not value.isprintable():
            self._fault(field, value, row_reason("bad_characters"))
            return ""
        return value

    def _convert(self, field: str, convert: Callable[[str], T]) -> T | None:
        value = self._text(field)
        if not value:
            return None
        try:
            return convert(value)
        except _BadFieldError as bad:
            self._fault(field, value, str(bad))
            return None

    def _fault(self, field: str, value: str, reason: str) -> None:
        title = self._columns.title(field)
        self._faults.append(RowFault(self._row.line, title, shorten(value), reason))

    def _birthday(self, value: str) -> date:
        day = _day(value)
        if day > self._facts.today:
            raise _BadFieldError(row_reason("date_ahead"))
        return day

    def _store(self, value: str) -> str:
        if value not in self._facts.stores:
            raise _BadFieldError(row_reason("store_unknown"))
        return value


def _day(value: str) -> date:
    try:
        if _ISO.fullmatch(value):
            return date.fromisoformat(value)
        if _GERMAN.fullmatch(value):
            day, month, year = (int(part) for part in value.split("."))
            return datetime(year, month, day).date()  # noqa: DTZ001 - only its date is used
    except ValueError:
        pass
    raise _BadFieldError(row_reason("date_invalid"))


def _count(value: str) -> int:
    if (
        not value.isascii()
        or not value.isdigit()
        or len(value) > 10
        or int(value) > _MOST_PURCHASES
    ):
        raise _BadFieldError(row_reason("count_invalid"))
    return int(value)


def _parts(value: str) -> list[str]:
    """The entries of a field; the first of `|`, `;` and `,` that stands in it separates them."""
    mark = next((mark for mark in "|;," if mark in value), "|")
    return [part.strip() for part in value.split(mark) if part.strip()]


def _words(value: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(_parts(value)))
    if long := next((word for word in words if len(word) > _MOST_WORD), None):
        raise _BadFieldError(row_reason("too_long", length=len(long), most=_MOST_WORD))
    return words


def _pairs(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in _parts(value):
        name, mark, text = (piece.strip() for piece in part.partition("="))
        if not (name and mark and text):
            raise _BadFieldError(row_reason("pair_invalid", part=shorten(part)))
        if len(name) > _MOST_NAME or len(text) > _MOST_VALUE:
            longest = max(len(name), len(text))
            most = _MOST_NAME if len(name) > _MOST_NAME else _MOST_VALUE
            raise _BadFieldError(row_reason("too_long", length=longest, most=most))
        if found.setdefault(name, text) != text:
            raise _BadFieldError(row_reason("pair_twice", name=shorten(name)))
    return found
