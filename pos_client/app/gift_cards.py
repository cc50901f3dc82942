"""What a customer has, at the till: gift cards, vouchers, purses. Asked online, remembered before that, never guessed.

An attempt is in the journal file before its request leaves the till, and keeps its id for every repetition. It ends
`approved` or `declined`; without an answer it is `unknown`, also after a kill: then it is asked again under the same
id, given back, or, as far as the chain allows it, taken without the centre. Whatever a receipt does not take when it
ends is given back by the sync process. Calls wait for the network: none belongs into the thread of the window.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from pos_client import BUILD
from pos_client.app.composition import Till
from pos_client.features.basket.selling_value import KnownValue
from pos_client.ports import Facts
from pos_client.runtime.clock import SystemClock
from pos_client.storage.authorisations import (
    VALUE_KINDS,
    OutstandingAuthorisation,
    OutstandingAuthorisations,
)
from pos_client.storage.journal_file import JournalFile
from pos_client.storage.stand_ins import STOOD_IN, stood_in
from pos_client.storage.upload_state import UploadStore
from pos_client.sync.giving_back import give_back
from pos_client.sync.keys import TillKey
from pos_client.sync.ports import Authorising, CentreRefusedError
from pos_client.sync.transport import HttpTransport
from shared.customers import LEAST_LETTERS
from shared.errors import DomainError, EnvironmentProblem, ErrorParam
from shared.identity import Clock, uuid7
from shared.quantity import parse_quantity
from shared.tender import Tender, TenderKind, VoucherPurpose
from shared.vouchers import (
    SignedFacts,
    StandInPolicy,
    VoucherClass,
    is_token,
    read_code,
    read_number,
    read_token,
    read_voucher_number,
)
from shared.wire.authorisations import (
    STAND_IN_KEY,
    AuthorisationAnswer,
    AuthorisationRequest,
    AuthorisationState,
    BalanceAnswer,
    BalanceRequest,
    PursesAnswer,
    PursesRequest,
    VoucherFacts,
    stand_in_policy,
)
from shared.wire.finding import FindAnswer, FindRequest

_LONGEST_TEXT = 120
_LONGEST_NUMBER = 40


class CardPhase(StrEnum):
    """How an attempt stands. `STOOD_IN` counts like `APPROVED`; the centre was not heard."""

    UNKNOWN = "unknown"
    APPROVED = "approved"
    DECLINED = "declined"
    STOOD_IN = "stood_in"


@dataclass(frozen=True, slots=True)
class GiftCardPayment:
    """An attempt: `asked` and `amount` (what may be taken) in minor units, `balance` what there is besides. `code`
    with its parameters says why it is declined or not known. `worth` is what stands on a voucher whose code was read.
    """

    auth_id: UUID
    basket_id: UUID
    instrument: str
    asked: int
    phase: CardPhase
    amount: int = 0
    balance: int = 0
    expires_at: datetime | None = None
    code: str = ""
    params: Mapping[str, ErrorParam] = field(default_factory=dict)
    kind: TenderKind = TenderKind.GIFT_CARD
    purpose: VoucherPurpose | None = None
    worth: int | None = None

    def tender(self) -> Tender:
        """What the receipt is paid with; `DomainError('tender_unauthorised')` while nothing may be taken."""
        if self.phase not in {CardPhase.APPROVED, CardPhase.STOOD_IN}:
            raise DomainError("tender_unauthorised")
        known = self.balance if self.phase is CardPhase.APPROVED else None
        return Tender(
            self.kind, self.amount, self.auth_id, self.instrument, known, purpose=self.purpose
        )


class GiftCards:
    """What one till asks the centre for. `policy` is what the chain allows without an answer, `record` keeps a fact,
    `own_key` is the public half of the till's key.
    """

    def __init__(
        self,
        transport: Authorising,
        file: JournalFile,
        clock: Clock,
        random_bytes: Callable[[int], bytes],
        currency: str,
        policy: Callable[[], StandInPolicy],
        record: Callable[[tuple[str, Facts]], None],
        own_key: Callable[[], bytes],
    ) -> None:
        self._transport = transport
        self._file = file
        self._outstanding = OutstandingAuthorisations(file)
        self._clock = clock
        self._random_bytes = random_bytes
        self._currency = currency
        self._policy = policy
        self._record = record
        self._own_key = own_key

    def balance(self, number: str, kind: TenderKind = TenderKind.GIFT_CARD) -> BalanceAnswer:
        """What a card, voucher or purse has. `CentreRefusedError` and `EnvironmentProblem` as the transport raises
        them.
        """
        asked = BalanceRequest(kind=kind.value, instrument=_read(number, kind))  # type: ignore[arg-type]
        return self._transport.balance(asked)

    def purses(self, number: str) -> PursesAnswer:
        """All that a card or a customer's number carries; raises as `balance`.

        `DomainError('customer_unknown')` for what can be no number.
        """
        wanted = number.strip()
        if not 0 < len(wanted) <= _LONGEST_NUMBER:
            raise DomainError("customer_unknown", {"number": wanted[:_LONGEST_NUMBER]})
        return self._transport.purses(PursesRequest(instrument=wanted))

    def find_customers(self, text: str, by: str) -> FindAnswer:
        """Customers of the chain whom all words of a text fit; raises as `balance`. `by` is who looks."""
        wanted = text.strip()[:_LONGEST_TEXT]
        if len(wanted) < LEAST_LETTERS:
            raise DomainError("customer_unknown", {"number": wanted})
        return self._transport.find_customers(FindRequest(text=wanted, by=by))

    def ask(
        self,
        basket_id: UUID,
        number: str,
        amount: int,
        *,
        part_ok: bool = False,
        kind: TenderKind = TenderKind.GIFT_CARD,
        customer: str = "",
    ) -> GiftCardPayment:
        """Ask for minor units of a card, voucher or purse; with `part_ok` what it has, where that is less. `customer`
        is whom the receipt is for.

        `DomainError`: `giftcard_number_invalid`, `voucher_number_invalid`, `giftcard_amount_invalid`; nothing is asked
        then.
        """
        if amount <= 0:
            raise DomainError("giftcard_amount_invalid")
        request = AuthorisationRequest(
            auth_id=uuid7(self._clock.now(), self._random_bytes(10)),
            kind=kind.value,  # type: ignore[arg-type]
            instrument=_read(number, kind),
            amount=amount,
            currency=self._currency,
            basket_id=basket_id,
            part_ok=part_ok,
            customer=customer,
        )
        row = OutstandingAuthorisation(
            request.auth_id,
            request.kind,
            basket_id,
            request.model_dump(mode="json"),
            "asked",
            self._clock.now(),
        )
        self._outstanding.put(row)
        return self._exchange(row)

    def ask_again(self, auth_id: UUID) -> GiftCardPayment:
        """The same question once more, for one that is not known or was approved a while ago.

        `DomainError('authorisation_unknown')` if nothing of this id is open.
        """
        return self._exchange(self._open(auth_id))

    def pending(self, basket_id: UUID) -> tuple[GiftCardPayment, ...]:
        """What is open for a receipt, as it stood last: what was asked for and not answered is not known."""
        return tuple(
            _as_it_stands(row)
            for row in self._outstanding.all()
            if row.kind in VALUE_KINDS and row.basket_id == basket_id and row.state != "voiding"
        )

    def give_back(self, auth_id: UUID) -> None:
        """Take nothing of this one. If the centre does not hear it now, the sync process tells it later.

        `DomainError('authorisation_unknown')` if nothing of this id is open.
        """
        rows = (row for row in self._outstanding.all() if row.auth_id == auth_id)
        row = next((row for row in rows if row.kind in VALUE_KINDS), None)
        if row is None:
            raise DomainError("authorisation_unknown")
        if row.state != "voiding":
            self._voiding(row)
        try:
            give_back(self._transport, self._outstanding, auth_id)
        except (EnvironmentProblem, CentreRefusedError):
            return

    def may_stand_in(self, auth_id: UUID) -> bool:
        """Whether the chain allows this one to be taken without an answer; never a voucher by a typed number, nor one
        that another till signed: that one may have taken it back, and nobody but the centre knows.
        """
        row = self._open(auth_id)
        return _as_it_stands(row).asked <= self._most_without_answer(row)

    def stand_in(self, auth_id: UUID) -> GiftCardPayment:
        """Take what is not known all the same: the centre settles it when the receipt comes.

        `DomainError`: `stand_in_refused` beyond what the chain allows, `authorisation_unknown` unless it is not known.
        """
        row = self._open(auth_id)
        found = _as_it_stands(row)
        if found.phase is not CardPhase.UNKNOWN:
            raise DomainError("authorisation_unknown")
        most = self._most_without_answer(row)
        if found.asked > most:
            raise DomainError("stand_in_refused", {"stand_in_most": most})
        facts = {
            "auth_id": str(auth_id),
            "instrument": found.instrument,
            "amount": found.asked,
            "currency": self._currency,
            "basket_id": str(row.basket_id),
        }
        self._record((STOOD_IN, facts))
        self._outstanding.put(replace(row, state="stood_in", changed_at=self._clock.now()))
        return replace(found, phase=CardPhase.STOOD_IN, amount=found.asked)

    def _most_without_answer(self, row: OutstandingAuthorisation) -> int:
        found = _as_it_stands(row)
        if found.kind is TenderKind.VOUCHER and not self._knows_by_itself(row):
            return 0
        most = self._policy().left(stood_in(self._file, found.instrument, row.basket_id))
        # Nobody knows what is left of a voucher, but it never had more than what stands on it.
        return most if found.worth is None else min(most, found.worth)

    def _knows_by_itself(self, row: OutstandingAuthorisation) -> bool:
        """Whether a voucher's code is signed by the centre or by this till."""
        text = AuthorisationRequest.model_validate(row.body).instrument
        if not is_token(text):
            return False
        signer = read_code(text)[1]
        return signer is None or signer.key == self._own_key()

    # --- one exchange -------------------------------------------------------------------------

    def _open(self, auth_id: UUID) -> OutstandingAuthorisation:
        for row in self._outstanding.all():
            if row.auth_id == auth_id and row.kind in VALUE_KINDS and row.state != "voiding":
                return row
        raise DomainError("authorisation_unknown")

    def _exchange(self, row: OutstandingAuthorisation) -> GiftCardPayment:
        request = AuthorisationRequest.model_validate(row.body)
        blank = _blank(row)
        try:
            answer = self._transport.authorise(request)
        except EnvironmentProblem as problem:
            return replace(_as_it_stands(row), code=problem.code, params=problem.params)
        except CentreRefusedError as refusal:
            # An earlier request under this id may have been heard.
            self._voiding(row)
            declined = replace(blank, phase=CardPhase.DECLINED)
            return replace(declined, code=refusal.code, params=refusal.params)
        if not _answers(answer, request):
            return replace(_as_it_stands(row), code="centre_answer_malformed")
        if answer.state is AuthorisationState.APPROVED:
            kept = answer.model_dump(mode="json")
            now = self._clock.now()
            approved = replace(row, state="approved", changed_at=now, answer=kept)
            self._outstanding.put(approved)
            return _as_it_stands(approved)
        self._outstanding.settle(row.auth_id)
        code = answer.code or f"authorisation_{answer.state}"
        return replace(
            blank,
            phase=CardPhase.DECLINED,
            balance=answer.balance,
            code=code,
            params=answer.params,
        )

    def _voiding(self, row: OutstandingAuthorisation) -> None:
        self._outstanding.put(replace(row, state="voiding", changed_at=self._clock.now()))


def _answers(answer: AuthorisationAnswer, request: AuthorisationRequest) -> bool:
    """Whether an answer is one to this request: no more is taken than was asked for, nor less unless that is wanted."""
    if answer.auth_id != request.auth_id:
        return False
    if answer.state is not AuthorisationState.APPROVED:
        return True
    return answer.amount == request.amount or (
        request.part_ok and 0 < answer.amount < request.amount
    )


def _blank(row: OutstandingAuthorisation) -> GiftCardPayment:
    request = AuthorisationRequest.model_validate(row.body)
    facts = read_token(request.instrument)[0] if is_token(request.instrument) else None
    return GiftCardPayment(
        row.auth_id,
        row.basket_id,
        facts.number if facts is not None else request.instrument,
        request.amount,
        CardPhase.UNKNOWN,
        kind=TenderKind(request.kind),
        purpose=_printed_purpose(facts),
        worth=facts.amount if facts is not None else None,
    )


def _printed_purpose(facts: SignedFacts | None) -> VoucherPurpose | None:
    """What the printed code says, as long as the centre was not heard: of a single-purpose one not which VAT."""
    if facts is None or facts.voucher_class is VoucherClass.SINGLE:
        return None
    return VoucherPurpose(facts.voucher_class)


def _purpose(said: VoucherFacts | None) -> VoucherPurpose | None:
    if said is None:
        return None
    return VoucherPurpose(
        VoucherClass(said.purpose), said.vat_category, parse_quantity(said.vat_rate), said.vat
    )


def _read(number: str, kind: TenderKind) -> str:
    """What is sent of what was scanned or typed; a voucher's whole code, so that the centre checks its signature."""
    if kind is TenderKind.GIFT_CARD:
        return read_number(number)
    if kind is TenderKind.VOUCHER and not is_token(number):
        return read_voucher_number(number)
    return number.strip()


def _as_it_stands(row: OutstandingAuthorisation) -> GiftCardPayment:
    blank = _blank(row)
    if row.state == "stood_in":
        return replace(blank, phase=CardPhase.STOOD_IN, amount=blank.asked)
    if row.state != "approved":
        return blank
    answer = AuthorisationAnswer.model_validate(row.answer)
    return replace(
        blank,
        phase=CardPhase.APPROVED,
        amount=answer.amount,
        balance=answer.balance,
        expires_at=answer.expires_at,
        purpose=_purpose(answer.voucher) or blank.purpose,
    )


def open_gift_cards(
    till: Till, transport: Authorising | None = None, file: JournalFile | None = None
) -> GiftCards:
    """The gift cards of a running till; without a `transport` with a connection of their own to its centre, without a
    `file` on the till's own connection to the journal. `stand_in` belongs into the till's lane.
    """

    def policy() -> StandInPolicy:
        try:
            return stand_in_policy(till.reference.config(STAND_IN_KEY))
        except EnvironmentProblem:
            return StandInPolicy()

    identity, journal = till.identity, file or till.journal.file
    return GiftCards(
        transport or line_to_centre(till, journal),
        journal,
        till.clock,
        os.urandom,
        identity.store.currency,
        policy,
        till.recorder.record,
        lambda: TillKey.load(till.paths.key).public_bytes(),
    )


def line_to_centre(till: Till, file: JournalFile | None = None) -> HttpTransport:
    """A connection of its own to the till's centre, with the till's key; `file` says how the clocks differ, without
    it the first answer does.
    """
    identity = till.identity
    ahead = UploadStore(file).load().clock_offset_ms if file is not None else 0
    return HttpTransport(
        identity.centre_url,
        identity.key_id,
        TillKey.load(till.paths.key),
        SystemClock(),
        build=BUILD,
        offset=timedelta(milliseconds=ahead),
    )


def known_value(found: BalanceAnswer) -> KnownValue:
    """What the centre said of a card or voucher, as the basket takes it."""
    return KnownValue(
        found.instrument,
        found.state,
        found.balance,
        found.currency,
        found.least,
        found.most,
        found.expires_on,
    )
