"""A promotion code of a batch on the receipt is asked for at the centre, while the sale goes on."""

from __future__ import annotations

from uuid import UUID

from pos_client.app.window.customer_desk import Do, Problem
from pos_client.app.window.stage import Stage
from pos_client.features.basket.ports import CodeHeard
from pos_client.features.basket.state import BasketState
from shared.wire.coupons import CodeRequest


class CodeAsking:
    """One question at a time; what is asked again after a restart has the id of before."""

    def __init__(self, stage: Stage, do: Do) -> None:
        self._stage, self._do = stage, do
        self._line = stage.paying.codes
        self._asked: UUID | None = None

    def follow(self, request: CodeRequest | None) -> None:
        """The receipt was shown: ask for the code on it that does not count yet, if there is one."""
        if request is None or request.auth_id == self._asked:
            return
        self._asked = request.auth_id
        tasks, owner = self._stage.tasks, self._stage.shell

        def ask(_none: None) -> None:
            tasks.query(
                lambda: self._line.ask(request),
                self._heard,
                owner=owner,
                kind="code",
                lane="centre",
                failed=lambda _problem: self._heard(CodeHeard(request.auth_id, silent=True)),
            )

        tasks.command(self._line.connect, ask, owner=owner, failed=self._failed)

    def _heard(self, heard: CodeHeard) -> None:
        def over(_state: BasketState) -> None:
            self._asked = None

        def refused(problem: Problem) -> None:
            self._asked = None
            # What was refused is off the receipt already.
            self._do(self._stage.till.basket.refresh)
            self._stage.shell.complain(problem)

        self._do(lambda: self._stage.till.basket.on_code_heard(heard), over, refused)

    def _failed(self, problem: Problem) -> None:
        self._asked = None
        self._stage.shell.complain(problem)
