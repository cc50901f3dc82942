"""What the page of an article shows: the matrix of sizes and colours, prices by offer, and how a price has been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from central_server.backoffice.formats import DASH
from central_server.backoffice.shell import Reader
from central_server.features.catalogue.service import Product, ProductVariant
from shared.pricing import PriceEntry, lowest_in_window

_LOW = 3_000
_SHOWN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Cell:
    """One size in one colour; `tone` is `low`, `none` or empty."""

    sku: str
    text: str
    spoken: str
    tone: str
    address: str
    selected: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A colour with its cells (None where there is no variant) and their sum."""

    colour: str
    cells: tuple[Cell | None, ...]
    total: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Colours down, sizes across; `totals` by size, empty where summing means nothing."""

    sizes: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    totals: tuple[str, ...]
    total: str


_SIZES = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL")


def size_order(size: str) -> tuple[int, int, str]:
    """Numbers by value, letters from small to large, everything else by name."""
    digits = size.replace(",", ".").partition("/")[0]
    if digits.replace(".", "", 1).isdigit():
        return 0, round(10 * _number(digits)), size
    if size.upper() in _SIZES:
        return 1, _SIZES.index(size.upper()), size
    return 2, 0, size


def _number(digits: str) -> int:
    whole, _, part = digits.partition(".")
    return int(whole or 0) * 10 + int((part or "0")[:1])


def stock_matrix(
    reader: Reader, product: Product, stock: Mapping[str, int], selected: str
) -> Matrix:
    """How much there is of each variant; thousandths of the unit."""
    formats = reader.formats

    def text(one: ProductVariant) -> tuple[str, str]:
        held = stock.get(one.sku, 0)
        if held <= 0:
            return (formats.quantity(held) if held else DASH), "none"
        return formats.quantity(held), "low" if held <= _LOW else ""

    def total(those: Sequence[ProductVariant]) -> str:
        return formats.quantity(sum(stock.get(one.sku, 0) for one in those))

    return _matrix(product, text, total, "stock", selected)


def price_matrix(
    reader: Reader, product: Product, held: Mapping[str, PriceEntry], selected: str
) -> Matrix:
    """What each variant costs in the standard offer."""

    def text(one: ProductVariant) -> tuple[str, str]:
        entry = held.get(one.sku)
        if entry is None:
            return DASH, "none"
        return reader.formats.amount(entry.amount, entry.currency), ""

    return _matrix(product, text, lambda _those: "", "price", selected)


def _matrix(product: Product, text: object, total: object, mode: str, selected: str) -> Matrix:
    assert callable(text)  # noqa: S101 - both come from this module
    assert callable(total)  # noqa: S101 - likewise
    active = [one for one in product.variants if one.active]
    sizes = tuple(sorted({one.size for one in active}, key=size_order))
    colours = tuple(dict.fromkeys(one.colour for one in active))
    by_place = {(one.colour, one.size): one for one in active}
    rows = []
    for colour in colours:
        cells: list[Cell | None] = []
        for size in sizes:
            one = by_place.get((colour, size))
            if one is None:
                cells.append(None)
                continue
            shown, tone = text(one)
            cells.append(
                Cell(
                    sku=one.sku,
                    text=shown,
                    spoken=" ".join(filter(None, (colour, size, shown))),
                    tone=tone,
                    address=f"/articles/{product.article_no}?show={mode}&sku={one.sku}",
                    selected=one.sku == selected,
                )
            )
        rows.append(
            MatrixRow(colour, tuple(cells), total([o for o in active if o.colour == colour]))
        )
    totals = tuple(total([one for one in active if one.size == size]) for size in sizes)
    return Matrix(sizes, tuple(rows), totals, total(active))


@dataclass(frozen=True, slots=True)
class OfferPrice:
    """What holds in one offer and place, now or from a coming moment on, beside the lowest of 30 days."""

    offer: str
    place: str
    since: str
    price: str
    lowest: str
    is_below: bool
    is_coming: bool


def offer_prices(
    reader: Reader,
    entries: Sequence[PriceEntry],
    offers: Mapping[str, str],
    places: Mapping[str, str],
    now: datetime,
    zone: str,
) -> list[OfferPrice]:
    """Prices that hold or come, by offer and place; of each the lowest of the 30 days before today."""
    groups: dict[tuple[str, str, str, str], list[PriceEntry]] = {}
    for entry in entries:
        key = (entry.offer, entry.scope, entry.channel, entry.currency)
        groups.setdefault(key, []).append(entry)
    _, formats = reader.texts.gettext, reader.formats
    found = []
    for (offer, scope, channel, code), group in sorted(groups.items()):
        for entry in sorted(group, key=lambda one: one.valid_from):
            if entry.valid_to is not None and entry.valid_to <= now:
                continue
            coming = entry.valid_from > now
            lowest = lowest_in_window(group, max(entry.valid_from, now))
            begin = formats.beginning(entry.valid_from, zone)
            sentence = _("from {time}", time=begin) if coming else _("since {time}", time=begin)
            if entry.valid_to is not None:
                sentence = _(
                    "{begin} until {end}", begin=begin, end=formats.ending(entry.valid_to, zone)
                )
            found.append(
                OfferPrice(
                    offer=" ".join(filter(None, (offers.get(offer, offer), channel))),
                    place=places.get(scope, scope),
                    since=sentence,
                    price=formats.money(entry.amount, code),
                    lowest=formats.money(lowest.amount, code) if lowest is not None else DASH,
                    is_below=lowest is not None and lowest.amount < entry.amount,
                    is_coming=coming,
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class PriceChart:
    """A price over the last 60 days as a line of steps, and its 30-day low as another; in a box of 380 by 150."""

    path: str
    low_path: str
    lines: tuple[tuple[int, str], ...]
    days: tuple[tuple[int, str, str], ...]
    last: tuple[int, int, str]
    spoken: str


_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 372, 24, 122


def price_chart(reader: Reader, entries: Sequence[PriceEntry], now: datetime) -> PriceChart | None:
    """The chart of one history (one sku, offer, scope, channel); None if nothing held in these days."""
    first = now - _SHOWN
    history = [
        e for e in entries if e.valid_from <= now and (e.valid_to is None or e.valid_to > first)
    ]
    if not history:
        return None
    moments = sorted({first, now, *(e.valid_from for e in history if e.valid_from > first)})
    held = [(at, next((e.amount for e in history if e.holds_at(at)), None)) for at in moments]
    days = [first + timedelta(days=n) for n in range(_SHOWN.days + 1)]
    lows = [(at, low.amount if (low := lowest_in_window(entries, at)) else None) for at in days]
    amounts = [amount for _, amount in (*held, *lows) if amount is not None]
    bottom, top = min(amounts), max(amounts)
    room = max(top - bottom, top // 10, 1)

    def x(at: datetime) -> int:
        return _LEFT + (_RIGHT - _LEFT) * ((at - first) // timedelta(minutes=1)) // (
            _SHOWN // timedelta(minutes=1)
        )

    def y(amount: int) -> int:
        return _BOTTOM - 12 - (_BOTTOM - _TOP - 12) * (amount - bottom) // room

    code, formats = history[0].currency, reader.formats
    last = held[-1][1]
    marks = {bottom, top}
    lowest = lows[-1][1]
    return PriceChart(
        path=_steps([(x(at), None if a is None else y(a)) for at, a in held]),
        low_path=_steps([(x(at), None if a is None else y(a)) for at, a in lows]),
        lines=tuple((y(amount), formats.amount(amount, code)) for amount in sorted(marks)),
        days=(
            (_LEFT, "start", formats.axis_day(first.date())),
            ((_LEFT + _RIGHT) // 2, "middle", formats.axis_day((now - _SHOWN / 2).date())),
            (_RIGHT, "end", formats.axis_day(now.date())),
        ),
        last=(x(now), y(last), formats.money(last, code)) if last is not None else (0, 0, ""),
        spoken=reader.texts.gettext(
            "Price over 60 days: now {price}, lowest of the last 30 days {low}.",
            price=formats.money(last, code) if last is not None else DASH,
            low=formats.money(lowest, code) if lowest is not None else DASH,
        ),
    )


def _steps(points: Sequence[tuple[int, int | None]]) -> str:
    path, drawing = "", False
    for across, down in points:
        if down is None:
            path, drawing = (f"{path}H{across}" if drawing else path), False
        elif not drawing:
            path, drawing = f"{path}M{across} {down}", True
        else:
            path = f"{path}H{across}V{down}"
    return path
