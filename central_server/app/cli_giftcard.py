"""`tresen giftcard`: ranges of numbers, cards to print, what a card holds; block, replace, and move value by hand."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable
from dataclasses import replace

from central_server.app.arguments import opened_centre, request_id
from central_server.features.instruments import service
from central_server.features.instruments.repository import Card
from central_server.features.instruments.sources import Answer, Asked
from central_server.features.stores.service import get_store
from central_server.platform.scheduler import JobContext
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork, reading, run_writing
from shared.money import Money, currency, parse_amount
from shared.vouchers import NumberRange

_OPERATOR = "command"
_MOVES: dict[str, tuple[Callable[..., Answer], str]] = {
    "sell": (service.sell, "give a printed card its first value"),
    "top-up": (service.top_up, "put more value on a card"),
    "redeem": (service.redeem, "take value from a card"),
    "refund": (service.refund, "put value back on a card"),
}


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `giftcard`."""
    actions = parser.add_subparsers(
        dest="action",
        required=True,
        metavar="range|print|show|sell|top-up|redeem|refund|block|unblock|replace",
    )
    ranged = actions.add_parser("range", help="list ranges of numbers, or add one")
    ranged.add_argument("prefix", nargs="?", help="digits that every number begins with")
    ranged.add_argument("--currency", default="EUR")
    ranged.add_argument("--serial", type=int, default=8, help="digits that count")
    ranged.add_argument("--secret", type=int, default=6, help="digits that are drawn")
    ranged.add_argument("--least", default="5", help="what a card is sold with at least")
    ranged.add_argument("--most", default="500", help="what a card may hold")
    printed = actions.add_parser("print", help="make numbers for new cards, one a line")
    printed.add_argument("prefix")
    printed.add_argument("count", type=int)
    actions.add_parser("show", help="what a card holds and what happened to it").add_argument(
        "number"
    )
    for name, (_, text) in _MOVES.items():
        moved = actions.add_parser(name, help=text)
        moved.add_argument("number")
        moved.add_argument("amount")
        moved.add_argument("--store", required=True)
        moved.add_argument("--request", help="the request's id; the same one again moves nothing")
    for name, text in (("block", "let nobody use it"), ("unblock", "let it be used again")):
        changed = actions.add_parser(name, help=text)
        changed.add_argument("number")
        changed.add_argument("--reason", default="")
    replaced = actions.add_parser("replace", help="give everything to another, printed card")
    replaced.add_argument("number")
    replaced.add_argument("by")
    replaced.add_argument("--reason", default="")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked; 1 if it is refused."""
    with opened_centre(settings) as context:
        if arguments.action == "range":
            return _ranges(context, arguments)
        if arguments.action == "print":
            return _print(context, arguments)
        if arguments.action == "show":
            return _show(context, arguments)
        return _ask(context, arguments)


def _ranges(context: JobContext, arguments: argparse.Namespace) -> int:
    now = context.system_clock.now()
    if arguments.prefix:
        places = currency(arguments.currency).exponent
        least, most = (parse_amount(text, places) for text in (arguments.least, arguments.most))
        numbers = NumberRange(arguments.prefix, arguments.serial, arguments.secret)
        run_writing(
            context.database,
            lambda unit: service.add_range(unit, numbers, arguments.currency, least, most, now),
        )
    with reading(context.database) as unit:
        rows = service.list_ranges(unit)
    for row in rows:
        least_text, most_text = (Money(n, row.currency).plain() for n in (row.least, row.most))
        print(
            f"{row.numbers.prefix}  {row.numbers.length} digits  {row.next_serial} printed"
            f"  {least_text} to {most_text} {row.currency}"
        )
    if not rows:
        print("no ranges")
    return 0


def _print(context: JobContext, arguments: argparse.Namespace) -> int:
    now = context.system_clock.now()

    def work(unit: UnitOfWork) -> list[str]:
        draw = lambda: secrets.randbits(64)  # noqa: E731 - what is drawn for each card
        return service.print_cards(unit, arguments.prefix, arguments.count, draw, now)

    print("\n".join(run_writing(context.database, work)))
    return 0


def _show(context: JobContext, arguments: argparse.Namespace) -> int:
    with reading(context.database) as unit:
        card = service.find_card(unit, arguments.number)
        events = service.history_of(unit, card)
        print(_line(unit, card))
    for event in events:
        amount = Money(event.amount, card.range.currency).plain()
        said = event.code or "approved"
        print(
            f"  {event.at:%Y-%m-%d %H:%M}  {event.action:<8}  {amount:>10}  {said}  {event.reason}"
        )
    return 0


def _line(unit: ReadUnit, card: Card) -> str:
    held = card.range.shown(service.balance_of(unit, card))
    until = f"  until {card.expires_on}" if card.expires_on else ""
    heir = f" by {card.replaced_by}" if card.replaced_by else ""
    return f"{card.number}  {card.state}{heir}  {held}{until}"


def _ask(context: JobContext, arguments: argparse.Namespace) -> int:
    now = context.business_clock.now()
    moves = arguments.action in _MOVES
    asked = Asked(
        request_id=request_id(context, getattr(arguments, "request", None)),
        number=arguments.number,
        store_id=arguments.store if moves else "",
        business_date=now.date(),
        by=_OPERATOR,
        reason="" if moves else arguments.reason,
    )

    def work(unit: UnitOfWork) -> Answer:
        if arguments.action == "block":
            return service.block(unit, asked, now)
        if arguments.action == "unblock":
            return service.unblock(unit, asked, now)
        if arguments.action == "replace":
            return service.replace_card(unit, asked, arguments.by, now)
        code = get_store(unit, arguments.store).currency
        amount = parse_amount(arguments.amount, currency(code).exponent)
        move, _ = _MOVES[arguments.action]
        return move(unit, replace(asked, amount=amount, currency=code), now)

    answer = run_writing(context.database, work)
    if not answer.approved:
        print(_sentence(answer))
        return 1
    with reading(context.database) as unit:
        print(_line(unit, service.find_card(unit, arguments.number)))
    return 0


def _sentence(answer: Answer) -> str:
    from central_server.app.error_texts import ERROR_TEXTS
    from central_server.platform.errors import error_body

    body = error_body(answer.code, answer.params, ERROR_TEXTS)
    return f"{body['message']} {body['what_next']}".strip()
