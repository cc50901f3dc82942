"""One row of a file as an article, or what is wrong with it. Pure: asks no database."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from central_server.features.imports.errors import ROW_TEXTS
from central_server.features.imports.fields import Columns
from central_server.features.imports.source import BrokenRow, SourceRow
from shared.errors import DomainError
from shared.money import CURRENCIES, parse_amount
from shared.quantity import check_digit, is_gtin, normal_gtin, parse_quantity, to_thousandths
from shared.tax import RATE_TABLE, VatCategory, vat_rate

T = TypeVar("T")
_SHOWN = 80
_MOST = {
    "sku": 64, "article_no": 64, "parent": 64, "name": 200, "size": 40, "colour": 60, "brand": 80,
    "category": 120, "barcode": 1000, "vat_category": 40, "age_class": 10, "price": 40, "cost": 40, "currency": 3,
    "stock": 40, "image": 2000, "uom": 3,
}  # fmt: skip
_MOST_ATTRIBUTE, _MOST_CODE, _MOST_URL = 300, 90, 500
_GTIN_LENGTHS = frozenset((8, 12, 13, 14))
_OTHER_FORMS = frozenset((12, 14))
_SCIENTIFIC = re.compile(r"\d[.,]\d+[Ee]\+?\d+")
_GROUPED = re.compile(r"-?\d{1,3}(?:[.,]\d{3})+")
_AROUND_AMOUNT = re.compile(r"^[€£$\s]|(?:EUR|GBP|CHF|USD)$|[€£$\s]$")
_RATE = re.compile(r"(\d{1,2}(?:[.,]\d{1,2})?)\s*%?")
_VAT_WORDS = {
    "": None, "normal": "standard", "voll": "standard", "regelsatz": "standard", "full": "standard",
    "ermäßigt": "reduced", "ermaessigt": "reduced", "low": "reduced", "frei": "zero", "exempt": "zero",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one field of a row, as the error file says it."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What the operator said of the whole file; `on` is the day for which VAT rates are looked up."""

    market: str
    currency: str
    on: date
    german: bool


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """A row without faults. None means that the file says nothing."""

    line: int
    sku: str
    article_no: str
    names: dict[str, str]
    size: str | None
    colour: str | None
    brand: str | None
    category: str | None
    uom: str | None
    barcodes: tuple[str, ...]
    vat_category: str | None
    age_class: int | None
    price: int | None
    cost: int | None
    currency: str
    stock_thousandths: int | None
    images: tuple[str, ...] | None
    attributes: dict[str, str]


class _BadFieldError(Exception):
    """A field cannot be what it stands for; caught where the row is put together."""

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.reason = row_reason(code, **params)


def row_reason(code: str, /, **params: object) -> str:
    """The sentence for a row fault."""
    text = ROW_TEXTS[code]
    for name, value in params.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def broken_fault(row: BrokenRow) -> RowFault:
    """The fault of a row that could not be taken apart."""
    return RowFault(row.line, "", shorten(row.text), row_reason("quoting", reason=row.reason))


def parse_row(
    row: SourceRow, columns: Columns, facts: RowFacts
) -> ArticleRow | list[RowFault] | None:
    """The article in a row, or all its faults; None for a row that is empty."""
    cells = row.cells
    if not any(cell.strip() for cell in cells):
        return None
    if len(cells) != len(columns.header):
        reason = row_reason("row_length", cells=len(cells), header=len(columns.header))
        return [RowFault(row.line, "", shorten(" | ".join(cells)), reason)]
    return _Reader(row, columns, facts).read()


class _Reader:
    """Reads the fields of one row and collects what is wrong with them."""

    def __init__(self, row: SourceRow, columns: Columns, facts: RowFacts) -> None:
        self._row = row
        self._columns = columns
        self._facts = facts
        self._faults: list[RowFault] = []

    def read(self) -> ArticleRow | list[RowFault]:
        """The article, or the faults."""
        text = self._text
        barcodes = self._convert("barcode", _barcodes) or ()
        article_no = text("article_no")
        sku = text("sku") or article_no or (barcodes[0] if barcodes else None)
        if not sku:
            title = self._columns.title("sku")
            self._faults.append(RowFault(self._row.line, title, "", row_reason("missing")))
        names = self._names()
        currency = text("currency") or self._facts.currency
        article = ArticleRow(
            line=self._row.line,
            sku=sku or "",
            article_no=text("parent") or article_no or sku or "",
            names=names,
            size=text("size"),
            colour=text("colour"),
            brand=text("brand"),
            category=self._convert("category", _category),
            uom=text("uom") or None,
            barcodes=barcodes,
            vat_category=self._convert("vat_category", self._vat),
            age_class=self._convert("age_class", _age),
            price=self._convert("price", lambda value: self._price(value, currency)),
            cost=self._convert("cost", lambda value: self._price(value, currency)),
            currency=currency,
            stock_thousandths=self._convert("stock", self._stock),
            images=self._convert("image", _images),
            attributes=self._attributes(),
        )
        return self._faults or article

    def _names(self) -> dict[str, str]:
        names = {}
        for language, position in self._columns.names.items():
            value = self._checked(self._columns.header[position], position, _MOST["name"])
            if value:
                names[language] = value
        if not names and not self._faults:
            position = next(iter(self._columns.names.values()))
            title = self._columns.header[position]
            self._faults.append(RowFault(self._row.line, title, "", row_reason("missing")))
        return names

    def _attributes(self) -> dict[str, str]:
        found = {}
        for name, position in self._columns.attributes.items():
            value = self._checked(self._columns.header[position], position, _MOST_ATTRIBUTE)
            if value:
                found[name[:60]] = value
        return found

    def _text(self, field: str) -> str | None:
        position = self._columns.position.get(field)
        if position is None:
            return None
        return self._checked(self._columns.header[position], position, _MOST[field])

    def _checked(self, title: str, position: int, most: int) -> str:
        # Spreadsheets like blanks that do not break; here they are blanks.
        value = self._row.cells[position].replace("\u00a0", " ").replace("\u202f", " ").strip()
        if len(value) > most:
            self._fault(title, value, row_reason("too_long", length=len(value), most=most))
            return ""
        if not value.isprintable():
            self._fault(title, value, row_reason("bad_characters"))
            return ""
        return value

    def _convert(self, field: str, convert: Callable[[str], T]) -> T | None:
        value = self._text(field)
        if not value:
            return None
        try:
            return convert(value)
        except _BadFieldError as bad:
            self._fault(self._columns.title(field), value, bad.reason)
            return None

    def _fault(self, title: str, value: str, reason: str) -> None:
        self._faults.append(RowFault(self._row.line, title, shorten(value), reason))

    def _price(self, value: str, code: str) -> int:
        found = CURRENCIES.get(code)
        if found is None:
            raise _BadFieldError("currency_unknown")
        try:
            amount = parse_amount(_plain_number(value, german=self._facts.german), found.exponent)
        except DomainError:
            raise _BadFieldError("amount_invalid") from None
        if amount < 0:
            raise _BadFieldError("amount_negative")
        return amount

    def _stock(self, value: str) -> int:
        try:
            return to_thousandths(parse_quantity(_plain_number(value, german=self._facts.german)))
        except DomainError:
            raise _BadFieldError("quantity_invalid") from None

    def _vat(self, value: str) -> str | None:
        lowered = value.lower()
        if lowered in set(VatCategory):
            return lowered
        if lowered in _VAT_WORDS:
            return _VAT_WORDS[lowered]
        match = _RATE.fullmatch(value)
        if match is None:
            raise _BadFieldError("vat_unknown")
        if not self._facts.market:
            raise _BadFieldError("vat_needs_market")
        return _vat_by_rate(match[1].replace(",", "."), self._facts)


def _vat_by_rate(rate: str, facts: RowFacts) -> str:
    """The category that has this rate in the market on the day of the import."""
    wanted = parse_amount(rate, 2)
    for category in dict.fromkeys(
        row.category for row in RATE_TABLE if row.country == facts.market
    ):
        try:
            held = vat_rate(facts.market, category, facts.on).rate
        except DomainError:
            continue
        if held * 100 == wanted:
            return category.value
    raise _BadFieldError("vat_unknown")


def _barcodes(value: str) -> tuple[str, ...]:
    codes = []
    for part in value.split("|"):
        code = part.strip()
        if not code:
            continue
        if len(code) > _MOST_CODE:
            raise _BadFieldError("too_long", length=len(code), most=_MOST_CODE)
        if _SCIENTIFIC.fullmatch(code):
            raise _BadFieldError("barcode_scientific")
        digits = code.isascii() and code.isdigit()
        if digits and len(code) in _GTIN_LENGTHS and not is_gtin(code):
            raise _BadFieldError("barcode_check_digit", expected=check_digit(code[:-1]))
        codes.append(normal_gtin(code) if len(code) in _OTHER_FORMS else code)
    return tuple(dict.fromkeys(codes))


def _category(value: str) -> str:
    # Several categories in one field: the first is the article's own.
    return ">".join(part.strip() for part in value.partition(";")[0].split(">") if part.strip())


def _images(value: str) -> tuple[str, ...] | None:
    urls = tuple(dict.fromkeys(part.strip() for part in value.split("|") if part.strip()))
    if too_long := next((url for url in urls if len(url) > _MOST_URL), None):
        raise _BadFieldError("too_long", length=len(too_long), most=_MOST_URL)
    return urls or None


def _age(value: str) -> int:
    digits = value.removesuffix("+")
    if not digits.isascii() or not digits.isdigit() or int(digits) > 99:
        raise _BadFieldError("age_invalid")
    return int(digits)


def _plain_number(value: str, *, german: bool) -> str:
    """A number as people write it (`1.234,50 €`) as plain decimal text; refused where it could mean two things."""
    text = value
    while (bare := _AROUND_AMOUNT.sub("", text).strip()) != text:
        text = bare
    text = text.replace(" ", "").replace("'", "")
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        grouping, decimal = (".", ",") if comma > point else (",", ".")
        return text.replace(grouping, "").replace(decimal, ".")
    # "1,234" and, in a German file, "1.234": a thousand or one and a bit?
    if (comma >= 0 or (point >= 0 and german)) and _GROUPED.fullmatch(text):
        raise _BadFieldError("amount_ambiguous")
    return text.replace(",", ".")


def shorten(value: str) -> str:
    """A value as the error file shows it."""
    shown = "".join(c if c.isprintable() else "?" for c in value[: _SHOWN + 1])
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
