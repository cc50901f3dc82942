"""`tresen backtest PROMOTION.json --from DAY --to DAY`: what a draft would have done to receipts that were sold."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from central_server.app.arguments import day, opened_centre, refuse
from central_server.features.promotions.document import read_file
from central_server.features.stores.service import get_store
from central_server.gateway.journal.backtest import Question, backtest
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import reading
from shared.errors import DomainError, EnvironmentProblem
from shared.money import Money
from shared.promotions import Promotion, RequestError, parse_json
from shared.promotions.trial import Trial

_MOST_BYTES = 1_000_000
_EVERY_SECONDS = 2


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `backtest`."""
    parser.add_argument("file", type=Path, help="one promotion; its period and codes do not count")
    parser.add_argument("--from", dest="first", required=True, help="first day, as 2026-11-01")
    parser.add_argument("--to", dest="last", required=True, help="last day")
    parser.add_argument("--store", help="one store; all without it")
    parser.add_argument("--currency", default="", help="of the amounts, if the file does not say")
    parser.add_argument("--json", action="store_true", help="for programs: amounts in minor units")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Try the draft and print what it would have done."""
    first, last = day(arguments.first), day(arguments.last)
    if last < first:
        raise refuse(arguments.last, f"a day from {first} on")
    draft, currency = _draft(arguments.file, arguments.currency.upper())
    question = Question(draft, currency, first, last, arguments.store)
    with opened_centre(settings) as context:
        if arguments.store:
            with reading(context.database) as unit:
                get_store(unit, arguments.store)
        trial = backtest(context.database, question, _Progress(), os.cpu_count() or 1)
    if arguments.json:
        json.dump(_as_json(question, trial), sys.stdout, ensure_ascii=False)
        print()
    else:
        _print(question, trial)
    return 0


def _draft(path: Path, currency: str) -> tuple[Promotion, str]:
    """The one promotion of a file, and the currency of its amounts."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise RequestError("limit", path.name, f"at most {_MOST_BYTES:,} bytes are possible")
        data = path.read_bytes()
    except FileNotFoundError:
        params = {"path": str(path)[-200:]}
        raise DomainError("file_missing", params, http_status=400) from None
    except OSError as problem:
        params = {"path": str(path)[-200:], "reason": str(problem.strerror)}
        raise EnvironmentProblem("file_unreadable", params) from problem
    try:
        document = parse_json(data)
        if isinstance(document, dict) and "promotions" not in document:
            data = b"[" + data.removeprefix(b"\xef\xbb\xbf") + b"]"
        found = read_file(data, currency)
    except RequestError as wrong:
        place = wrong.path.removeprefix("[0].") or path.name
        raise RequestError(wrong.kind, place, wrong.message) from wrong
    drafts = [draft.promotion for draft in found.drafts if draft.promotion is not None]
    if len(drafts) != 1:
        raise RequestError("value", path.name, f"one promotion is expected, not {len(drafts)}")
    return drafts[0], found.currency


class _Progress:
    """Says every two seconds how far it is, on the error stream: standard output belongs to the result."""

    def __init__(self) -> None:
        self._said = monotonic()

    def __call__(self, at: date, trial: Trial) -> None:
        if monotonic() - self._said >= _EVERY_SECONDS:
            self._said = monotonic()
            seen = trial.outcome
            line = f"{at}: {seen.receipts:,} receipts, {seen.lines:,} lines, {seen.hit:,} hit"
            print(line, file=sys.stderr, flush=True)


def _as_json(question: Question, trial: Trial) -> dict[str, Any]:
    found = trial.outcome
    return {
        "promotion": question.draft.id,
        "currency": question.currency,
        "from": question.first.isoformat(),
        "to": question.last.isoformat(),
        "store": question.store_id,
        "receipts": found.receipts,
        "lines": found.lines,
        "hit": found.hit,
        "discount": found.discount,
        "before": found.before,
        "after": found.after,
        "not_proven": found.unproven,
        "beaten": [
            {"promotion": name, "receipts": count, "share": _percent(count, found.hit)}
            for name, count in _beaten(trial)
        ],
        "changed": [
            {
                "receipt": each.name,
                "before": each.before,
                "after": each.after,
                "discount": each.given,
            }
            for each in trial.changed
        ],
    }


def _print(question: Question, trial: Trial) -> None:
    found = trial.outcome

    def money(minor: int) -> str:
        return f"{Money(minor, question.currency).plain()} {question.currency}"

    where = question.store_id or "all stores"
    print(f"{question.draft.id}: {question.first} to {question.last}, {where}")
    hit = f"{found.hit} ({_percent(found.hit, found.receipts)} %)"
    for label, text in (
        ("receipts", str(found.receipts)),
        ("lines", str(found.lines)),
        ("receipts hit", hit),
        ("discount given", money(found.discount)),
        ("turnover before", money(found.before)),
        ("turnover after", money(found.after)),
        ("change", money(found.after - found.before)),
    ):
        print(f"{label:<16}{text:>24}")
    if found.unproven:
        print(f"{found.unproven} of the receipts hit have the best deal found, which is not proven")
    if found.beaten:
        print("used promotions that it beat, with the share of the receipts hit:")
        for name, count in _beaten(trial):
            print(f"  {name}  {count} ({_percent(count, found.hit)} %)")
    if trial.changed:
        print("receipts that changed most:")
        for each in trial.changed:
            gave = f"{money(each.given)} by the draft"
            print(f"  {each.name}  {money(each.before)} -> {money(each.after)}, {gave}")


def _beaten(trial: Trial) -> list[tuple[str, int]]:
    return sorted(trial.outcome.beaten.items(), key=lambda each: (-each[1], each[0]))


def _percent(part: int, whole: int) -> str:
    """A share with one decimal, rounded half up."""
    tenths = (2_000 * part + whole) // (2 * whole) if whole else 0
    return f"{tenths // 10}.{tenths % 10}"
