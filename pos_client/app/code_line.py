"""Asks the centre whether a promotion code of a batch counts. Waits for the network: not for the till's lane."""

from __future__ import annotations

from pos_client.app.composition import Till
from pos_client.app.gift_cards import line_to_centre
from pos_client.features.basket.ports import CodeHeard
from pos_client.sync.ports import Authorising, CentreRefusedError
from shared.errors import DomainError, EnvironmentProblem
from shared.wire.authorisations import AuthorisationState
from shared.wire.coupons import CodeRequest

# It is the till that is refused, or asks too much: nothing is said of the code.
_NO_ANSWER = frozenset((401, 403, 429))
_COUNTS = frozenset((AuthorisationState.APPROVED, AuthorisationState.CAPTURED))


class CodeLine:
    """The connection of one till; without a `transport` one of its own."""

    def __init__(self, till: Till, transport: Authorising | None) -> None:
        self._till = till
        self._transport = transport

    def connect(self) -> None:
        """Make the connection ready. To be called in the till's lane, before anything is asked."""
        if self._transport is None:
            self._transport = line_to_centre(self._till, self._till.journal.file)

    def ask(self, request: CodeRequest) -> CodeHeard:
        """What the centre says; never raises: that it says nothing is an answer, too."""
        if self._transport is None:
            return CodeHeard(request.auth_id, silent=True)
        try:
            answer = self._transport.keep_code(request)
        except CentreRefusedError as refusal:
            if refusal.status in _NO_ANSWER:
                return CodeHeard(request.auth_id, silent=True)
            return CodeHeard(request.auth_id, DomainError(refusal.code, refusal.params))
        except EnvironmentProblem:
            return CodeHeard(request.auth_id, silent=True)
        if answer.auth_id != request.auth_id or answer.state not in _COUNTS:
            return CodeHeard(request.auth_id, silent=True)
        return CodeHeard(request.auth_id)
