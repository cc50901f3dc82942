"""Asks the centre whether a promotion code of a batch counts. Waits for the network: not for the till's lane."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from pos_client.app.composition import Till
from pos_client.app.gift_cards import line_to_centre
from pos_client.features.basket.ports import CodeHeard
from pos_client.storage.code_uses import given_back
from pos_client.sync.ports import Authorising, CentreRefusedError
from shared.errors import DomainError, EnvironmentProblem
from shared.wire.authorisations import AuthorisationState
from shared.wire.coupons import CodeRequest

# It is the till that is refused, not the code.
_TILL_REFUSED = frozenset((401, 403))
_TOO_MANY = 429
# The network sent the question twice, or the clock was wrong: the next one is answered.
_NOT_HEARD = frozenset(("nonce_used", "signature_stale"))
_COUNTS = frozenset((AuthorisationState.APPROVED, AuthorisationState.CAPTURED))


class CodeLine:
    """The connection of one till; without a `transport` one of its own."""

    def __init__(self, till: Till, transport: Authorising | None) -> None:
        self._till = till
        self._transport = transport
        self._given_back: tuple[tuple[UUID, str], ...] = ()

    def connect(self) -> None:
        """Make the connection ready, and look up what is given back but not told yet. To be called in the till's lane,
        before anything is asked.
        """
        self._given_back = tuple(given_back(self._till.journal.file))
        if self._transport is None:
            self._transport = line_to_centre(self._till, self._till.journal.file)

    def ask(self, request: CodeRequest) -> CodeHeard:
        """What the centre says; never raises: that it says nothing is an answer, too. A centre that refuses the till or
        lets it wait is there, so the till may not take the code alone.
        """
        if self._transport is None:
            return CodeHeard(request.auth_id, silent=True)
        try:
            self._tell_given_back(self._transport, request.code)
            answer = self._transport.keep_code(request)
        except CentreRefusedError as refusal:
            return CodeHeard(request.auth_id, _refused(refusal))
        except EnvironmentProblem as problem:
            if problem.params.get("status") == _TOO_MANY:
                return CodeHeard(request.auth_id, DomainError("code_ask_later"))
            return CodeHeard(request.auth_id, silent=True)
        if answer.auth_id != request.auth_id or answer.state not in _COUNTS:
            return CodeHeard(request.auth_id, silent=True)
        return CodeHeard(request.auth_id, batch_id=answer.batch, promotion=answer.promotion)

    def _tell_given_back(self, transport: Authorising, code: str) -> None:
        """The till gave the same code back a moment ago: the centre hears of that first, or it would refuse the code as
        kept by this very till. The sync loop tells it once more.
        """
        for auth_id, given in self._given_back:
            if given == code:
                with suppress(CentreRefusedError):
                    transport.release_code(auth_id)


def _refused(refusal: CentreRefusedError) -> DomainError:
    if refusal.status == _TOO_MANY or refusal.code in _NOT_HEARD:
        return DomainError("code_ask_later")
    if refusal.status in _TILL_REFUSED:
        return DomainError("code_till_refused")
    return DomainError(refusal.code, refusal.params)
