"""The day page as the template wants it: every number written out, every number with where it leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from central_server.backoffice.charts import Amount, Chart, bar_chart
from central_server.backoffice.day_compare import DayCompare, HourTarget, StoreTarget
from central_server.backoffice.formats import DASH, Formats, in_thousands
from central_server.backoffice.scope import Scope, link
from central_server.backoffice.shell import Reader
from central_server.backoffice.words import TENDER_WORDS, VAT_WORDS, word
from central_server.features.reporting.service import ChainTotal, DayFigures

Row = Mapping[str, Any]
WIDE, NARROW = 760, 330
_OPENING_HOURS = (9, 18)


@dataclass(frozen=True, slots=True)
class Stat:
    """A number of the figure strip; `lines` stand below it."""

    name: str
    values: tuple[str, ...]
    lines: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of sums: by store, till, hour or currency."""

    name: str
    detail: str
    address: str
    receipts: str
    receipts_address: str
    returns: str
    average: str
    gross: str
    share: int = 0
    target: StoreTarget | None = None


@dataclass(frozen=True, slots=True)
class VatRow:
    """Sums of a VAT rate."""

    name: str
    rate: str
    address: str
    gross: str
    net: str
    vat: str


@dataclass(frozen=True, slots=True)
class TenderRow:
    """Sums of a kind of tender."""

    name: str
    address: str
    count: str
    amount: str


@dataclass(frozen=True, slots=True)
class HourFigures:
    """The turnover by hour in one currency: the chart in two widths, and the table behind it. `plan` says how much of
    the day's plan is reached.
    """

    code: str
    unit: str
    finding: str
    charts: tuple[Chart, ...]
    rows: tuple[tuple[FigureRow, HourTarget], ...]
    plan: str
    note: str


@dataclass(frozen=True, slots=True)
class ChainLine:
    """The chain total with its rates, or what is missing for one."""

    name: str
    total: str
    rates: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayView:
    """All of it."""

    stats: tuple[Stat, ...]
    currencies: tuple[FigureRow, ...]
    chain: ChainLine | None
    hours: HourFigures
    choices: tuple[tuple[str, str, bool], ...]
    codes: tuple[str, ...]
    stores: tuple[FigureRow, ...]
    tills: tuple[FigureRow, ...]
    vat: tuple[VatRow, ...]
    tenders: tuple[TenderRow, ...]


class DayWriter:
    """Writes the figures of one day for one reader."""

    def __init__(
        self,
        reader: Reader,
        scope: Scope,
        figures: DayFigures,
        chain_code: str,
        compare: DayCompare,
    ) -> None:
        self._texts = reader.texts
        self._formats: Formats = reader.formats
        self._scope = scope
        self._figures = figures
        self._chain_code = chain_code
        self._compare = compare

    def view(self, code: str | None) -> DayView:
        """The page's content; `code` is the currency of the chart."""
        figures = self._figures
        codes = tuple(row["currency"] for row in figures.totals)
        shown = code if code is not None and code in codes else self._main_code(codes)
        several = len(codes) > 1
        return DayView(
            stats=self._stats(),
            currencies=tuple(map(self._currency_row, figures.totals)) if several else (),
            chain=self._chain_line(figures.chain) if several else None,
            hours=self._hours(shown),
            choices=tuple((one, self._chart_of(one), one == shown) for one in codes),
            codes=codes,
            stores=self._store_rows() if self._scope.chosen is None else (),
            tills=tuple(map(self._till_row, figures.tills)),
            vat=tuple(map(self._vat_row, figures.vat)),
            tenders=tuple(map(self._tender_row, figures.tenders)),
        )

    def _main_code(self, codes: Sequence[str]) -> str:
        if self._chain_code in codes or not codes:
            return self._chain_code
        return codes[0]

    def _receipts(self, **more: str | int | None) -> str:
        given = {"store": self._scope.store_id, **more}
        return link("/receipts", date=self._figures.day.isoformat(), **given)

    def _chart_of(self, code: str) -> str:
        return link(f"/day/{self._figures.day}", store=self._scope.store_id, currency=code)

    def _stats(self) -> tuple[Stat, ...]:
        totals, formats, _ = self._figures.totals, self._formats, self._texts.gettext
        receipts = sum(row["receipts"] for row in totals)
        returns = sum(row["returns"] for row in totals)
        pieces = sum(row["quantity_thousandths"] for row in totals)
        return (
            self._gross_stat(),
            Stat(_("Receipts"), (formats.whole(receipts),), address=self._receipts()),
            self._average_stat(receipts),
            Stat(_("Pieces per receipt"), (self._pieces(pieces, receipts),)),
            Stat(
                _("Returns"),
                (formats.whole(returns),),
                (_("{share} of the receipts", share=formats.share(returns, receipts)),)
                if returns
                else (),
                self._receipts(returns=1) if returns else "",
            ),
        )

    def _gross_stat(self) -> Stat:
        totals, chain, name = (
            self._figures.totals,
            self._figures.chain,
            self._texts.gettext("Gross sales"),
        )
        if chain is not None:
            several = len(totals) > 1
            own = tuple(map(self._money, totals)) if several else self._compare.lines(totals)
            return Stat(
                name,
                (self._formats.money(chain.total.minor, chain.total.code),),
                own,
                self._receipts(),
            )
        values = tuple(self._money(row) for row in totals) or (DASH,)
        return Stat(name, values, self._compare.lines(totals), self._receipts())

    def _average_stat(self, receipts: int) -> Stat:
        totals, chain, formats = self._figures.totals, self._figures.chain, self._formats
        name = self._texts.gettext("Average receipt")
        if chain is not None:
            return Stat(name, (formats.average(chain.total.minor, receipts, chain.total.code),))
        return Stat(name, tuple(map(self._average, totals)) or (DASH,))

    def _pieces(self, thousandths: int, receipts: int) -> str:
        if receipts == 0:
            return DASH
        each = (Decimal(thousandths) / 1000 / receipts).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return self._formats.decimal(each)

    def _money(self, row: Row) -> str:
        return self._formats.money(row["gross"], row["currency"])

    def _average(self, row: Row) -> str:
        return self._formats.average(row["gross"], row["receipts"], row["currency"])

    def _row(
        self,
        row: Row,
        name: str,
        address: str,
        receipts: str,
        *,
        detail: str = "",
        share: int = 0,
        target: StoreTarget | None = None,
    ) -> FigureRow:
        return FigureRow(
            name=name,
            detail=detail,
            address=address,
            receipts=self._formats.count(row["receipts"]),
            receipts_address=receipts,
            returns=self._formats.count(row["returns"]),
            average=self._average(row),
            gross=self._money(row),
            share=share,
            target=target,
        )

    def _currency_row(self, row: Row) -> FigureRow:
        code = row["currency"]
        return self._row(row, code, self._chart_of(code), self._receipts(currency=code))

    def _chain_line(self, chain: ChainTotal | None) -> ChainLine:
        _, formats = self._texts.gettext, self._formats
        name = _("Chain in {currency}", currency=self._chain_code)
        if chain is None:
            missing = tuple(
                _(
                    "No rate from {currency} to {target} is stored for this day.",
                    currency=code,
                    target=self._chain_code,
                )
                for code in self._figures.missing_rates
            )
            return ChainLine(name, DASH, (), missing)
        rates = tuple(
            _(
                "1 {currency} = {rate} {target} on {day}, source: {source}",
                currency=rate.from_currency,
                rate=formats.rate(rate.rate),
                target=rate.to_currency,
                day=formats.plain_day(rate.day),
                source=rate.source,
            )
            for rate in chain.rates
        )
        return ChainLine(name, formats.money(chain.total.minor, chain.total.code), rates, ())

    def _hours(self, code: str) -> HourFigures:
        by_hour = {row["hour"]: row for row in self._figures.hours if row["currency"] == code}
        measured = self._compare.hours_of(code)
        shown = self._compare.through((*_OPENING_HOURS, *by_hour, *measured))
        amounts = [self._hour_amount(hour, by_hour.get(hour), code) for hour in shown]

        def short(minor: int, step: int) -> str:
            return self._formats.brief(minor, step, code)

        charts = tuple(
            bar_chart(amounts, short, kind=kind, width=width, height=height)
            for kind, width, height in (("wide", WIDE, 300), ("narrow", NARROW, 220))
        )
        rows = tuple(
            (self._hour_row(hour, by_hour.get(hour), code), self._compare.hour(hour, code))
            for hour in self._compare.in_order((*by_hour, *measured))
        )
        symbol = self._formats.symbol(code)
        thousands = in_thousands(charts[0].step, code)
        unit = (
            self._texts.gettext("in thousand {symbol}", symbol=symbol)
            if thousands
            else self._texts.gettext("in {symbol}", symbol=symbol)
        )
        return HourFigures(
            code,
            unit,
            self._finding(by_hour, code),
            charts,
            rows,
            self._compare.sentence(code, self._figures.stores),
            self._compare.note(code),
        )

    def _hour_row(self, hour: int, row: Row | None, code: str) -> FigureRow:
        name = self._texts.gettext("{hours} h", hours=self._formats.hour(hour))
        if row is None:
            return FigureRow(name, "", "", DASH, "", DASH, DASH, DASH)
        address = self._receipts(hour=hour, currency=code)
        return self._row(row, name, address, address)

    def _hour_amount(self, hour: int, row: Row | None, code: str) -> Amount:
        gross = row["gross"] if row is not None else 0
        receipts = row["receipts"] if row is not None else 0
        spoken = self._texts.ngettext(
            "{hours} h: {gross}, {count} receipt",
            "{hours} h: {gross}, {count} receipts",
            receipts,
            hours=self._formats.hour(hour),
            gross=self._formats.money(gross, code),
            count=self._formats.whole(receipts),
        )
        address = self._receipts(hour=hour, currency=code) if row is not None else ""
        target, _ = self._compare.hour(hour, code), self._texts.gettext
        if target.plan is not None:
            spoken += ", " + _("plan {amount}", amount=target.plan_said)
        if target.before is not None:
            spoken += ", " + _("a year before {amount}", amount=target.before_said)
        return Amount(str(hour), gross, address, spoken, target.before, target.plan)

    def _finding(self, by_hour: Mapping[int, Row], code: str) -> str:
        if not by_hour:
            return self._texts.gettext("No sales yet.")
        best = max(by_hour, key=lambda hour: by_hour[hour]["gross"])
        return self._texts.gettext(
            "Sales by hour in {currency}: most between {hours} h with {gross}.",
            currency=code,
            hours=self._formats.hour(best),
            gross=self._formats.money(by_hour[best]["gross"], code),
        )

    def _store_rows(self) -> tuple[FigureRow, ...]:
        rows = self._figures.stores
        most = {
            code: max(r["gross"] for r in rows if r["currency"] == code)
            for code in {r["currency"] for r in rows}
        }
        return tuple(
            self._row(
                row,
                self._scope.name_of(row["store_id"]),
                link(f"/day/{self._figures.day}", store=row["store_id"]),
                self._receipts(store=row["store_id"]),
                detail=row["store_id"],
                share=max(0, row["gross"] * 100 // (most[row["currency"]] or 1)),
                target=self._compare.store(row),
            )
            for row in rows
        )

    def _till_row(self, row: Row) -> FigureRow:
        address = self._receipts(store=row["store_id"], till=row["till_id"])
        name = self._scope.name_of(row["store_id"]) if self._scope.chosen is None else ""
        return self._row(row, row["till_id"], address, address, detail=name)

    def _vat_row(self, row: Row) -> VatRow:
        category, rate, code = row["category"], row["rate_thousandths"], row["currency"]
        return VatRow(
            name=word(self._texts, VAT_WORDS, category),
            rate=self._formats.vat_rate(rate),
            address=self._receipts(vat=f"{category}:{rate}", currency=code),
            gross=self._formats.money(row["gross"], code),
            net=self._formats.money(row["net"], code),
            vat=self._formats.money(row["vat"], code),
        )

    def _tender_row(self, row: Row) -> TenderRow:
        code = row["currency"]
        return TenderRow(
            name=word(self._texts, TENDER_WORDS, row["tender"]),
            address=self._receipts(tender=row["tender"], currency=code),
            count=self._formats.count(row["count"]),
            amount=self._formats.money(row["amount"], code),
        )


def neighbours(day: date, today: date, scope: Scope) -> tuple[str, str]:
    """Addresses of the day before and the day after; nothing after today."""
    before = date.fromordinal(day.toordinal() - 1) if day > date.min else None
    after = date.fromordinal(day.toordinal() + 1) if day < today else None
    store = scope.store_id
    return (
        link(f"/day/{before}", store=store) if before else "",
        link(f"/day/{after}", store=store) if after else "",
    )
