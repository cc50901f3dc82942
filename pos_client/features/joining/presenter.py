"""Letting a new till in: address and one-time code typed once, then step by step, each repeatable where it failed.

`state` may be read from another thread while a step runs: it is replaced as a whole, never changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pos_client.features.joining.ports import Joiner, JoiningView, ProblemTexts
from pos_client.features.joining.state import JoiningState, JoiningStep
from shared.errors import DomainError, EnvironmentProblem

STEPS = ("checking", "key", "joined", "data", "ready")
# What is wrong with which field; everything else is about neither.
_ADDRESS = frozenset(("centre_url_invalid", "tls_required", "centre_unreachable"))
_CODE = frozenset(
    ("provision_code_malformed", "code_unknown", "code_expired", "code_used", "code_other_till")
)


class JoiningPresenter:
    """A till that is in already goes on with its first data: the code is good for one time only."""

    def __init__(self, joiner: Joiner, texts: ProblemTexts, view: JoiningView) -> None:
        self._joiner = joiner
        self._texts = texts
        self._view = view
        self._place = ""
        self.state = self._render(JoiningState(steps=self._steps()))

    def on_join(self, address: str, code: str) -> JoiningState:
        """Join the centre; what failed is in the state, in its field. Raises nothing that was to be expected."""
        self._render(
            JoiningState(
                address=address.strip(),
                code=code.strip(),
                steps=self._steps(),
                running=True,
            )
        )
        work: tuple[tuple[str, Callable[[], None]], ...] = (
            ("checking", lambda: self._joiner.check(self.state.address, self.state.code)),
            ("key", self._joiner.make_key),
            ("joined", self._join),
            ("data", lambda: self._joiner.fetch(self._progress)),
        )
        for step, act in work:
            if self._place and step != "data":
                self._mark(step, "done")
                continue
            self._mark(step, "running")
            try:
                act()
            except (DomainError, EnvironmentProblem) as problem:
                return self._failed(step, problem)
            self._mark(step, "done")
        self._mark("ready", "done")
        return self._render(
            replace(self.state, running=False, ready=True, percent=100, code="", place=self._place)
        )

    def refresh(self) -> JoiningState:
        """How far it is."""
        return self._render(self.state)

    def _join(self) -> None:
        self._place = self._joiner.join(self.state.address, self.state.code)
        self._render(replace(self.state, place=self._place))

    def _progress(self, percent: int) -> None:
        shown = min(max(percent, 0), 100)
        if shown == self.state.percent:
            return
        self._render(replace(self.state, percent=shown))
        self._mark("data", "running", self._texts.text("joining.percent", percent=shown))

    def _failed(self, step: str, problem: DomainError | EnvironmentProblem) -> JoiningState:
        self._mark(step, "failed")
        what, following = self._texts.error(problem)
        sentence = f"{what} {following}"
        state = replace(self.state, running=False)
        if problem.code in _ADDRESS and step != "data":
            state = replace(state, address_error=sentence)
        elif problem.code in _CODE:
            state = replace(state, code_error=sentence)
        else:
            state = replace(state, error=what, error_next=following)
        return self._render(state)

    def _mark(self, step: str, status: str, detail: str = "") -> None:
        steps = tuple(
            replace(each, status=status, detail=detail) if each.step == step else each
            for each in self.state.steps
        )
        self._render(replace(self.state, steps=steps))

    def _steps(self) -> tuple[JoiningStep, ...]:
        return tuple(JoiningStep(step, self._texts.text(f"joining.{step}")) for step in STEPS)

    def _render(self, state: JoiningState) -> JoiningState:
        self.state = state
        self._view.render(state)
        return state
