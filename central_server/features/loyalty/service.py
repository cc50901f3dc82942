"""What can be asked and done of the purses of customers: terms, balances, ends that are announced, debts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from central_server.features.ledger import service as ledger
from central_server.features.loyalty import repository
from central_server.features.stores.service import get_store
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError
from shared.identity import derived_id
from shared.ledger import AccountKey, Journal, Lot, LotTerms, Transfer, UnitKind, spendable
from shared.loyalty import Debt, Holding, Purse, PurseTerms, Worth, debt_key, purse_key, source_key
from shared.money import Money
from shared.money import currency as currency_of

GRANT_RULE = "loyalty.grant"
SETTLE_RULE = "loyalty.settle"
_AT_ONCE = 200
# Names settlements, which no till asks for.
_SETTLING = UUID("00000000-0000-8000-8000-736574746c65")
_DEFAULT = PurseTerms()


def terms(unit: ReadUnit) -> dict[Purse, PurseTerms]:
    """On what terms each purse is filled."""
    known = repository.terms(unit.connection)
    return {purse: known.get(purse, _DEFAULT) for purse in Purse}


def set_terms(unit: UnitOfWork, purse: Purse, new: PurseTerms, at: datetime) -> None:
    """Fill a purse on other terms from now on; what was given before keeps its own."""
    repository.set_terms(unit.connection, purse, new, at)


def worth(unit: ReadUnit, currency: str) -> Worth | None:
    """What points are worth as payment; None where nothing is paid with them."""
    return repository.worth(unit.connection, currency)


def set_worth(unit: UnitOfWork, currency: str, new: Worth | None, at: datetime) -> None:
    """Let points be worth something else, or nothing, from now on."""
    repository.set_worth(unit.connection, currency, new, at)


# --- what customers have ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PurseBalance:
    """A purse on a day: all that is in it, what of that may be spent now, what is pending, held and owed.

    `free` is what may be spent less what is held and owed. `lots` are what it is made of, the next to end first;
    `announced` says of ends when they were announced.
    """

    purse: Purse
    key: AccountKey
    balance: int
    free: int
    pending: int
    held: int
    debt: int
    lots: tuple[Lot, ...]
    announced: dict[date, date]


def purse_balance(
    unit: ReadUnit, purse: Purse, customer: str, currency: str, on: date
) -> PurseBalance:
    """What a customer has in a purse."""
    key = purse_key(purse, customer, currency)
    account = ledger.find_account(unit, key)
    debt = debt_of(unit, purse, customer, currency)
    if account is None:
        return PurseBalance(purse, key, 0, 0, 0, 0, debt, (), {})
    lots = ledger.lots_of(unit, account)
    lots.sort(key=lambda lot: (lot.terms.expires_on or date.max, lot.number))
    held = account.counters.debits_pending
    usable = spendable(lots, on)
    return PurseBalance(
        purse,
        key,
        account.counters.balance(account.floor),
        max(usable - held - debt, 0),
        sum(lot.remaining for lot in lots if not lot.is_spendable(on) and not lot.is_over(on)),
        held,
        debt,
        tuple(lots),
        repository.notices(unit.connection, account.id),
    )


def debt_of(unit: ReadUnit, purse: Purse, customer: str, currency: str) -> int:
    """What a customer owes in the unit of a purse."""
    return _owed(unit, debt_key(purse, customer, currency))


def balances_of(unit: ReadUnit, customer: str, currency: str, on: date) -> list[PurseBalance]:
    """All purses of a customer in a currency."""
    currency_of(currency)
    return [purse_balance(unit, purse, customer, currency, on) for purse in Purse]


class Purses:
    """The purses of customers while one journal is made: what it gives and takes counts for what follows in it."""

    def __init__(self, unit: UnitOfWork, on: date, at: datetime) -> None:
        self._unit, self._on, self._at = unit, on, at
        self._holdings: dict[AccountKey, Holding] = {}
        self._debts: dict[AccountKey, Debt] = {}

    def of(self, purse: Purse, customer: str, currency: str) -> Holding:
        """A customer's purse."""
        key, owed = (which(purse, customer, currency) for which in (purse_key, debt_key))
        if key not in self._holdings:
            debt = self._debts.setdefault(owed, Debt(owed, _owed(self._unit, owed)))
            ledger.expire_holds_on(self._unit, key, self._at, self._on)
            account = ledger.find_account(self._unit, key)
            lots = [] if account is None else ledger.lots_of(self._unit, account)
            held = 0 if account is None else account.counters.debits_pending
            self._holdings[key] = Holding(key, lots, held, debt)
        return self._holdings[key]


def _owed(unit: ReadUnit, key: AccountKey) -> int:
    account = ledger.find_account(unit, key)
    return 0 if account is None else account.counters.balance(account.floor)


# --- giving by hand ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grant:
    """Head office gives `amount` into a purse of a customer, at the expense of a store, on the terms of the purse."""

    request_id: UUID
    purse: Purse
    customer: str
    store_id: str
    amount: int
    on: date
    at_once: bool = False


def grant(unit: UnitOfWork, asked: Grant, at: datetime) -> None:
    """Give by hand, once for each request.

    `DomainError`: `loyalty_amount_invalid`, `store_unknown`, `ledger_journal_differs` for something else under the
    request's id.
    """
    if asked.amount <= 0:
        raise DomainError("loyalty_amount_invalid", http_status=400)
    currency = get_store(unit, asked.store_id).currency
    key = purse_key(asked.purse, asked.customer, currency)
    lot = terms(unit)[asked.purse].lot(asked.on)
    if asked.at_once:
        lot = LotTerms(None, lot.expires_on)
    source = source_key(asked.purse, asked.store_id, currency)
    transfer = Transfer(source, key, asked.amount, "grant", lot=lot)
    journal = Journal(asked.request_id, GRANT_RULE, asked.on, (transfer,))
    ledger.require_posted([ledger.post(unit, journal, at)])


# --- ends and debts ---------------------------------------------------------------------------


def announce(unit: UnitOfWork, today: date) -> int:
    """Note what ends soon and was not announced yet, some hundred at once; how many."""
    count = 0
    for purse, each in terms(unit).items():
        kind = purse_key(purse, "", "EUR").kind.value
        last = today + timedelta(days=each.announce_days)
        found = repository.ending(unit.connection, kind, today, last, _AT_ONCE)
        rows = [
            {
                "account_id": row.account_id,
                "expires_on": row.expires_on,
                "amount": int(row.amount),
                "announced_on": today,
            }
            for row in found
        ]
        repository.add_notices(unit.connection, rows)
        count += len(rows)
    return count


def settle_debts(unit: UnitOfWork, after: int, today: date, at: datetime) -> int:
    """Work off debts with what meanwhile may be spent, of some hundred customers behind account `after`; the last
    account looked at, 0 if there was none.
    """
    rows = repository.indebted(unit.connection, after, _AT_ONCE)
    ledger.lock_accounts(unit, [key for row in rows for key in _all_keys(row.owner_id, row.unit)])
    for row in rows:
        _settle(unit, row.owner_id, row.unit, today, at)
    return rows[-1].id if rows else 0


def _settle(unit: UnitOfWork, customer: str, code: str, today: date, at: datetime) -> None:
    purses = Purses(unit, today, at)
    transfers = [
        transfer
        for purse, currency in _purses_of(code)
        for transfer in purses.of(purse, customer, currency).settle(today)
    ]
    if not transfers:
        return
    account = ledger.find_account(unit, transfers[0].credit)
    # The account with what was worked off before names this settlement.
    settled = 0 if account is None else account.counters.credits_posted
    journal_id = derived_id(_SETTLING, f"{customer}:{code}:{settled}")
    journal = Journal(journal_id, SETTLE_RULE, today, tuple(transfers))
    ledger.require_posted([ledger.post(unit, journal, at)])


def _purses_of(code: str) -> Iterable[tuple[Purse, str]]:
    """The purses in a unit, with a currency to name them by."""
    if code.startswith("PTS-"):
        return ((Purse.POINTS, "EUR"),)
    return tuple(
        (purse, code) for purse in Purse if purse not in (Purse.POINTS, Purse.STORE_CREDIT)
    )


def _all_keys(customer: str, code: str) -> list[AccountKey]:
    return [
        key(purse, customer, currency)
        for purse, currency in _purses_of(code)
        for key in (purse_key, debt_key)
    ]


def shown(key: AccountKey, amount: int) -> str:
    """An amount of an account as text: `10.00 EUR`, `120 PTS-CLUB`."""
    unit = key.unit
    plain = Money(amount, unit.code).plain() if unit.kind is UnitKind.MONEY else str(amount)
    return f"{plain} {unit.code}"
