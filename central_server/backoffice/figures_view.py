"""The figures of a period as the template wants them: every number written out, every row with where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from central_server.backoffice.charts import Amount, Chart, bar_chart
from central_server.backoffice.comparisons import Change, change_of
from central_server.backoffice.day_view import NARROW
from central_server.backoffice.formats import DASH, Formats, in_thousands
from central_server.backoffice.scope import Param, Scope, link
from central_server.backoffice.shell import Reader
from central_server.backoffice.words import TENDER_WORDS, VAT_WORDS, word
from central_server.features.catalogue.service import article_names
from central_server.features.promotions.catalogue import list_promotions
from central_server.features.reporting.board import KEYED, Board, BoardRow, By, Question, Sums
from central_server.features.reporting.periods import Grain, Period
from central_server.features.reporting.plans import PlanShare
from central_server.platform.translations import Texts
from central_server.platform.unit_of_work import ReadUnit

_WIDE = 1120


@dataclass(frozen=True, slots=True)
class FigureStat:
    """A number of the strip, with the year before."""

    name: str
    value: str
    before: str
    change: Change | None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of the table; `meter` is its share of the largest in percent, `plan` how much of the plan is reached."""

    name: str
    detail: str
    address: str
    receipts: str
    pieces: str
    gross: str
    before: str
    change: Change | None
    share: str
    discount: str
    meter: int
    plan: str
    plan_tone: str
    margin: str = ""


def address_of(question: Question, store_id: str | None, **changed: Param) -> str:
    """The address of the page for a question, with some of it changed; None takes a part away."""
    params: dict[str, Param] = {
        "period": question.period.grain.value,
        "at": question.period.first.isoformat(),
        "by": question.by.value,
        "store": store_id,
        "currency": question.currency,
        "of": question.of.value if question.of is not None else None,
        "key": question.key,
        "order": question.order.value if question.order.value != "gross" else None,
    }
    return link("/figures", **{**params, **changed})


def period_name(formats: Formats, texts: Texts, period: Period) -> str:
    """What a period is called."""
    if period.grain is Grain.DAY:
        return formats.short_day(period.first)
    if period.grain is Grain.WEEK:
        year, week, _ = period.first.isocalendar()
        return texts.gettext("Week {week} of {year}", week=week, year=year)
    return formats.month(period.first) if period.grain is Grain.MONTH else str(period.first.year)


class Names:
    """What keys of dimensions are called, asked for all rows at once."""

    def __init__(self, unit: ReadUnit, reader: Reader, scope: Scope) -> None:
        self._unit = unit
        self._reader = reader
        self._scope = scope

    def of(self, dimension: By, keys: list[str]) -> Mapping[str, str]:
        """The names of these keys."""
        texts, formats = self._reader.texts, self._reader.formats
        if dimension is By.ARTICLE:
            known = article_names(self._unit, keys, self._reader.language)
            return {key: known.get(key) or key for key in keys}
        if dimension is By.PROMOTION:
            known = {each.promotion_id: each.newest.name for each in list_promotions(self._unit)}
            return {key: known.get(key) or key for key in keys}
        if dimension is By.STORE:
            return {key: self._scope.name_of(key) for key in keys}
        if dimension is By.TENDER:
            return {key: word(texts, TENDER_WORDS, key) for key in keys}
        if dimension is By.VAT:
            return {key: self._vat(key) for key in keys}
        if dimension is By.HOUR:
            return {key: texts.gettext("{hours} h", hours=formats.hour(int(key))) for key in keys}
        if dimension is By.CATEGORY:
            return {key: key.replace(">", " › ") for key in keys}
        return {key: key for key in keys}

    def _vat(self, key: str) -> str:
        category, _, rate = key.partition(":")
        name = word(self._reader.texts, VAT_WORDS, category)
        return f"{self._reader.formats.vat_rate(int(rate))} {name}"


class FigureWriter:
    """Writes a board for one reader."""

    def __init__(
        self,
        reader: Reader,
        scope: Scope,
        board: Board,
        names: Names,
        costs: Mapping[str, int] | None = None,
    ) -> None:
        """`costs`: what articles were bought for, where margins are to be shown; else None."""
        self.has_margin = costs is not None
        self.has_plan = any(row.plan for row in board.rows)
        self._costs = costs or {}
        self._reader = reader
        self._formats = reader.formats
        self._scope = scope
        self._board = board
        self._names = names
        self._code = board.currency

    def stats(self) -> list[FigureStat]:
        """The strip: what the period came to, beside the year before and the plan."""
        _, formats, board = self._reader.texts.gettext, self._formats, self._board
        now, before = board.total, board.before

        def money(sums: Sums, name: str) -> str:
            return formats.money(sums[name], self._code)

        def average(sums: Sums) -> str:
            return formats.average(sums["gross"], sums["receipts"], self._code)

        stats = [
            FigureStat(_("Gross sales"), money(now, "gross"), money(before, "gross"),
                       change_of(formats, now["gross"], before["gross"])),
            FigureStat(_("Receipts"), formats.whole(now["receipts"]),
                       formats.whole(before["receipts"]),
                       change_of(formats, now["receipts"], before["receipts"])),
            FigureStat(_("Average receipt"), average(now), average(before),
                       self._average_change(now, before)),
            FigureStat(_("Pieces"), formats.quantity(now["quantity_thousandths"]),
                       formats.quantity(before["quantity_thousandths"]),
                       change_of(formats, now["quantity_thousandths"],
                                 before["quantity_thousandths"])),
            FigureStat(_("Discount"), self._discount(now), self._discount(before), None),
        ]  # fmt: skip
        if board.plan is not None:
            plan = board.plan
            reached = formats.share(now["gross"], plan.so_far)
            goal = formats.money(plan.whole, self._code)
            stats.insert(1, FigureStat(_("Plan reached so far"), reached, goal, None))
        return stats

    def _average_change(self, now: Sums, before: Sums) -> Change | None:
        if not now["receipts"] or not before["receipts"]:
            return None
        # Both averages over one denominator, so that whole numbers are compared.
        return change_of(
            self._formats, now["gross"] * before["receipts"], before["gross"] * now["receipts"]
        )

    def _discount(self, sums: Sums) -> str:
        return self._formats.share(sums["discount"], sums["gross"] + sums["discount"])

    def charts(self) -> tuple[tuple[Chart, ...], str]:
        """The course as a chart in two widths, and its unit."""
        formats, code = self._formats, self._code
        amounts = [self._amount(row) for row in self._board.course]

        def short(minor: int, step: int) -> str:
            return formats.brief(minor, step, code)

        charts = tuple(
            bar_chart(amounts, short, kind=kind, width=width, height=height)
            for kind, width, height in (("wide", _WIDE, 260), ("narrow", NARROW, 220))
        )
        symbol = formats.symbol(code)
        if in_thousands(charts[0].step, code):
            return charts, self._reader.texts.gettext("in thousand {symbol}", symbol=symbol)
        return charts, self._reader.texts.gettext("in {symbol}", symbol=symbol)

    def _amount(self, row: BoardRow) -> Amount:
        _, formats = self._reader.texts.gettext, self._formats
        if row.part is None:
            short, name = row.key, _("{hours} h", hours=formats.hour(int(row.key)))
        else:
            name = period_name(formats, self._reader.texts, row.part)
            short = (
                name.split(" ")[0]
                if row.part.grain is Grain.MONTH
                else formats.axis_day(row.part.first)
            )
        spoken = _(
            "{name}: {now}, a year before {before}",
            name=name,
            now=formats.money(row.now["gross"], self._code),
            before=formats.money(row.before["gross"], self._code),
        )
        # What sold nothing leads nowhere.
        way = self._way(row) if any(row.now.values()) else ""
        return Amount(short, row.now["gross"], way, spoken, row.before["gross"] or None)

    def rows(self) -> list[TableRow]:
        """The table."""
        by, rows = self._board.question.by, self._board.rows
        names = (
            {row.key: self._part_name(row) for row in rows}
            if by is By.TIME
            else self._names.of(by, [row.key for row in rows])
        )
        largest = max((row.now["gross"] for row in rows), default=0)
        return [self._row(row, names[row.key], row.now, largest) for row in rows]

    def total(self) -> TableRow:
        """The last row."""
        board = self._board
        row = BoardRow("", board.total, board.before, board.plan)
        return replace(
            self._row(row, self._reader.texts.gettext("Total"), board.total, 0), address=""
        )

    def _part_name(self, row: BoardRow) -> str:
        if row.part is None:
            return self._names.of(By.HOUR, [row.key])[row.key]
        return period_name(self._formats, self._reader.texts, row.part)

    def _row(self, row: BoardRow, name: str, now: Sums, largest: int) -> TableRow:
        formats, code = self._formats, self._code
        by = self._board.question.by
        keyed = row.key if by in (By.ARTICLE, By.PROMOTION, By.STORE) and row.key != name else ""
        plan, tone = self._plan(now, row.plan)
        return TableRow(
            name=name,
            detail=keyed,
            address=self._way(row),
            receipts=formats.count(now["receipts"]),
            pieces=formats.quantity(now["quantity_thousandths"])
            if now["quantity_thousandths"]
            else DASH,
            gross=formats.money(now["gross"], code),
            before=formats.money(row.before["gross"], code) if row.before["gross"] else DASH,
            change=change_of(formats, now["gross"], row.before["gross"]),
            share=formats.share(now["gross"], self._board.total["gross"]),
            discount=formats.money(now["discount"], code) if now["discount"] else DASH,
            meter=max(0, now["gross"] * 100 // largest) if largest > 0 else 0,
            plan=plan,
            plan_tone=tone,
            margin=self._margin(row.key, now),
        )

    def margin_of(self, article: str, now: Sums) -> int | None:
        """The same in minor units; None where it is not known."""
        cost = self._costs.get(article)
        if cost is None:
            return None
        return now["net"] - (cost * now["quantity_thousandths"] + 500) // 1000

    def _margin(self, article: str, now: Sums) -> str:
        """What is left of an article's net sales at its present purchase price; a dash where that is not known."""
        left = self.margin_of(article, now)
        if left is None:
            return DASH
        share = self._formats.share(left, now["net"]) if now["net"] > 0 else DASH
        return f"{self._formats.money(left, self._code)} ({share})"

    def _plan(self, now: Sums, plan: PlanShare | None) -> tuple[str, str]:
        if plan is None or plan.so_far == 0:
            return "", ""
        return self._formats.share(now["gross"], plan.so_far), "pos" if now[
            "gross"
        ] >= plan.so_far else "neg"

    def _way(self, row: BoardRow) -> str:
        """Where a row leads: one step closer to the receipts."""
        asked, store = self._board.question, self._scope.store_id
        if row.part is not None:
            return self._into(asked, row.part, store)
        if asked.by is By.STORE and not row.key.isdigit():
            return address_of(asked, row.key, by=By.TIME.value)
        if asked.period.grain is Grain.DAY:
            name = asked.by.value if asked.by in KEYED else By.HOUR.value
            return self._receipts(asked.period, store, {name: row.key})
        if asked.by in KEYED:
            return address_of(asked, store, by=By.TIME.value, of=asked.by.value, key=row.key)
        return address_of(asked, store, by=By.TIME.value)

    def _into(self, asked: Question, part: Period, store: str | None) -> str:
        if part.grain is not Grain.DAY:
            at = part.first.isoformat()
            return address_of(asked, store, by=By.TIME.value, period=part.grain.value, at=at)
        if asked.of is None:
            return link(f"/day/{part.first}", store=store, currency=self._code)
        return self._receipts(part, store, {asked.of.value: asked.key})

    def _receipts(self, day: Period, store: str | None, narrowed: Mapping[str, Param]) -> str:
        return link(
            "/receipts",
            date=day.first.isoformat(),
            store=store,
            currency=self._code,
            **narrowed,
        )


def exact(minor: int, exponent: int) -> Decimal:
    """Minor units as the amount that spreadsheets work with."""
    return Decimal(minor).scaleb(-exponent).quantize(Decimal(1).scaleb(-exponent), ROUND_HALF_UP)
