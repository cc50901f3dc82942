"""`tresen customer`: find customers, look at one, their cards, merging two, buying on invoice."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from central_server.app.arguments import opened_centre, request_id
from central_server.features.audit import service as audit
from central_server.features.customers import cards, finding
from central_server.features.customers.cards import CardChange
from central_server.features.customers.finding import CustomerHit
from central_server.features.customers.look_chain import LOOK_CHAIN
from central_server.features.instruments.merging import erase_customer, merge_customers
from central_server.features.loyalty import credit
from central_server.features.loyalty import service as loyalty
from central_server.features.stores.customer_data import offline_days, set_offline_days
from central_server.features.stores.service import get_store
from central_server.platform.scheduler import JobContext
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing
from shared.money import Money, currency, parse_amount
from shared.wire.customer_payloads import CUSTOMER_DATA_KEY

_OPERATOR = "command"
_CHANGES: dict[str, tuple[Callable[..., None], str]] = {
    "issue": (cards.issue, "give a customer a card: NUMBER CARD"),
    "block": (cards.block, "let a card name nobody: CARD"),
    "unblock": (cards.unblock, "let it be used again: CARD"),
    "replace": (cards.replace_card, "let another card stand for one: CARD BY"),
}
_TWO = frozenset(("issue", "replace"))


def describe(parser: argparse.ArgumentParser) -> None:
    """The arguments of `customer`."""
    actions = parser.add_subparsers(
        dest="action",
        required=True,
        metavar="find|show|issue|block|unblock|replace|merge|erase|credit|pay|offline-days|looks",
    )
    found = actions.add_parser("find", help="by name, telephone number, mail address or card")
    found.add_argument("words", nargs="+")
    shown = actions.add_parser("show", help="a customer, the cards, what there is and who looked")
    shown.add_argument("number", help="number or card")
    shown.add_argument("--currency", default="EUR")
    for name, (_, text) in _CHANGES.items():
        changed = actions.add_parser(name, help=text)
        changed.add_argument("first", metavar="NUMBER" if name == "issue" else "CARD")
        if name in _TWO:
            changed.add_argument("second", metavar="CARD" if name == "issue" else "BY")
        changed.add_argument("--reason", default="")
    merged = actions.add_parser("merge", help="let one customer be another, for ever")
    merged.add_argument("old")
    merged.add_argument("into")
    erased = actions.add_parser("erase", help="delete who a customer is; what they have stays")
    erased.add_argument("number", help="number or card")
    erased.add_argument("--yes", action="store_true", required=True, help="it cannot be undone")
    actions.add_parser("looks", help="check the chain over all looks at customers")
    limited = actions.add_parser("credit", help="how much a customer may owe")
    limited.add_argument("number")
    limited.add_argument("most")
    limited.add_argument("--currency", default="EUR")
    limited.add_argument("--request", help="the request's id")
    paid = actions.add_parser("pay", help="a customer pays what is owed")
    paid.add_argument("number")
    paid.add_argument("amount")
    paid.add_argument("--store", required=True, help="to whose bank account")
    paid.add_argument("--request", help="the request's id; the same one again books nothing")
    offline = actions.add_parser(
        "offline-days", help="how long tills that do not reach the centre show customers"
    )
    offline.add_argument("days", type=int, nargs="?", help="without it, what holds")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked; 1 if nobody is found."""
    with opened_centre(settings) as context:
        do = _ACTIONS.get(arguments.action, _change)
        return do(context, arguments)


def _find(context: JobContext, arguments: argparse.Namespace) -> int:
    now = context.business_clock.now()
    text = " ".join(arguments.words)

    def work(unit: UnitOfWork) -> list[CustomerHit]:
        found = finding.find_customers(unit, text)
        finding.keep_looks(unit, [hit.number for hit in found], _OPERATOR, "search", now)
        return found

    found = run_writing(context.database, work)
    for hit in found:
        print("  ".join(filter(None, (hit.number, hit.name, hit.phone, hit.email, *hit.cards))))
    if len(found) == finding.SHOWN:
        print("there may be more: say more words")
    if not found:
        print("nobody")
    return 0 if found else 1


def _show(context: JobContext, arguments: argparse.Namespace) -> int:
    now = context.business_clock.now()

    def work(unit: UnitOfWork) -> list[str]:
        number = cards.named_by(unit, arguments.number)
        looks = finding.looks_at(unit, number)
        finding.keep_looks(unit, [number], _OPERATOR, "show", now)
        (hit,) = finding.hits(unit, [number])
        lines = ["  ".join(filter(None, (hit.number, hit.name, hit.phone, hit.email)))]
        lines += [f"  was {old}" for old in cards.old_numbers(unit, number)]
        for card in cards.cards_of(unit, number):
            heir = f" by {card.replaced_by}" if card.replaced_by else ""
            lines.append(f"  card {card.card}  {card.state}{heir}  {card.reason}".rstrip())
        for purse in loyalty.balances_of(unit, number, arguments.currency, now.date()):
            if purse.balance or purse.debt:
                held, free = (loyalty.shown(purse.key, n) for n in (purse.balance, purse.free))
                lines.append(f"  {purse.purse}  {held}  free {free}")
        lines.append(_stands(unit, number, arguments.currency))
        lines += [
            f"  seen {row.at:%Y-%m-%d %H:%M}  {row.looked_by}  {row.purpose}" for row in looks
        ]
        return lines

    print("\n".join(filter(None, run_writing(context.database, work))))
    return 0


def _stands(unit: UnitOfWork, number: str, code: str) -> str:
    stands = credit.credit_of(unit, number, code)
    if not (stands.most or stands.owed):
        return ""
    most, owed, free = (Money(n, code).plain() for n in (stands.most, stands.owed, stands.free))
    return f"  invoice  owes {owed} of {most} {code}  free {free}"


def _change(context: JobContext, arguments: argparse.Namespace) -> int:
    change = CardChange(_OPERATOR, context.business_clock.now(), arguments.reason)
    do, _ = _CHANGES[arguments.action]
    words = (arguments.first, *((arguments.second,) if arguments.action in _TWO else ()))
    run_writing(context.database, lambda unit: do(unit, *words, change))
    return 0


def _merge(context: JobContext, arguments: argparse.Namespace) -> int:
    change = CardChange(_OPERATOR, context.business_clock.now())
    into = run_writing(
        context.database,
        lambda unit: merge_customers(unit, arguments.old, arguments.into, change),
    )
    print(f"{arguments.old} is {into} now")
    return 0


def _credit(context: JobContext, arguments: argparse.Namespace) -> int:
    now = context.business_clock.now()
    most = parse_amount(arguments.most, currency(arguments.currency).exponent)
    request = request_id(context, arguments.request)

    def work(unit: UnitOfWork) -> str:
        number = cards.named_by(unit, arguments.number)
        credit.set_limit(unit, request, number, arguments.currency, most, now)
        return _stands(unit, number, arguments.currency)

    print(run_writing(context.database, work).strip() or "nothing is sold on invoice")
    return 0


def _pay(context: JobContext, arguments: argparse.Namespace) -> int:
    now = context.business_clock.now()
    request = request_id(context, arguments.request)

    def work(unit: UnitOfWork) -> str:
        number = cards.named_by(unit, arguments.number)
        code = get_store(unit, arguments.store).currency
        amount = parse_amount(arguments.amount, currency(code).exponent)
        paid = credit.InvoicePayment(request, number, arguments.store, amount, now.date())
        credit.pay(unit, paid, now)
        return _stands(unit, number, code)

    print(run_writing(context.database, work).strip())
    return 0


def _erase(context: JobContext, arguments: argparse.Namespace) -> int:
    change = CardChange(_OPERATOR, context.business_clock.now())
    token = run_writing(
        context.database, lambda unit: erase_customer(unit, arguments.number, change)
    )
    print(f"erased; what there was is under {token}")
    return 0


def _looks(context: JobContext, _arguments: argparse.Namespace) -> int:
    run_writing(context.database, LOOK_CHAIN.chain_all)
    with reading(context.database) as unit:
        broken = LOOK_CHAIN.first_broken(unit)
    print("the chain holds" if broken is None else f"the chain is broken at look {broken}")
    return 0 if broken is None else 1


def _offline_days(context: JobContext, arguments: argparse.Namespace) -> int:
    now = context.business_clock.now()
    wanted: int | None = arguments.days

    def work(unit: UnitOfWork) -> int:
        before = offline_days(unit)
        if wanted is not None and wanted != before:
            set_offline_days(unit, wanted)
            change = audit.changed("setting", CUSTOMER_DATA_KEY, {"days": before}, {"days": wanted})
            audit.record(unit, _OPERATOR, now, change)
        return offline_days(unit)

    print(f"{run_writing(context.database, work)} days")
    return 0


_ACTIONS: dict[str, Callable[[JobContext, argparse.Namespace], int]] = {
    "find": _find,
    "show": _show,
    "merge": _merge,
    "erase": _erase,
    "looks": _looks,
    "credit": _credit,
    "pay": _pay,
    "offline-days": _offline_days,
}
