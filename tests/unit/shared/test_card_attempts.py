"""A card attempt counts what the terminal completed: exactly once, and never on a guess."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DomainError
from shared.tender.card import (
    AttemptKind,
    AttemptState,
    CardAttempt,
    TerminalPayment,
    ask,
)

ASKED = ask(AttemptKind.PAYMENT, 1_000, "EUR", before=7)
UNKNOWN = ASKED.lost()


def test_an_approved_payment_counts_and_settles():
    approved = ASKED.completed()
    assert (approved.state, approved.counted) == (AttemptState.APPROVED, 1_000)
    assert approved.settled().state is AttemptState.RESOLVED


def test_what_goes_back_to_a_card_counts_negative():
    assert ask(AttemptKind.REFUND, 300, "EUR", None).completed().counted == -300
    assert ask(AttemptKind.REVERSAL, 300, "EUR", None).completed().counted == -300


def test_a_terminal_may_complete_another_amount():
    assert ASKED.completed(1_200).counted == 1_200


def test_nothing_counts_before_it_is_approved():
    for attempt in (ASKED, UNKNOWN, ASKED.refused(), ASKED.refused().settled()):
        assert attempt.counted == 0


@pytest.mark.parametrize(
    ("last", "state"),
    [
        (TerminalPayment(True, 1_000, 8), AttemptState.APPROVED),
        (TerminalPayment(True, 1_000, 7), AttemptState.DECLINED),
        (TerminalPayment(False, None, 8), AttemptState.DECLINED),
        (TerminalPayment(False, 1_000, 8), AttemptState.DECLINED),
        (TerminalPayment(True, 999, 8), AttemptState.UNKNOWN),
        (TerminalPayment(False, 999, 8), AttemptState.UNKNOWN),
        (TerminalPayment(True, 1_000, None), AttemptState.UNKNOWN),
        (None, AttemptState.UNKNOWN),
    ],
)
def test_the_last_payment_of_the_terminal_decides_where_it_can(last, state):
    assert UNKNOWN.judged(last).state is state


@pytest.mark.parametrize("last", [None, TerminalPayment(True, 5, 1), TerminalPayment(False, 5, 1)])
def test_a_terminal_that_told_of_nothing_before_is_no_evidence(last):
    assert ask(AttemptKind.PAYMENT, 5, "EUR", None).lost().judged(last).state is (
        AttemptState.UNKNOWN
    )


@pytest.mark.parametrize("paid", [True, False])
def test_a_person_decides_what_the_terminal_cannot_say(paid):
    assert UNKNOWN.decided(paid=paid).counted == (1_000 if paid else 0)


@pytest.mark.parametrize("amount", [0, -1, 10**10])
def test_an_amount_that_is_none_is_not_asked_for(amount):
    with pytest.raises(DomainError) as caught:
        ask(AttemptKind.PAYMENT, amount, "EUR", None)
    assert caught.value.code == "card_amount_wrong"


STEPS = {
    "completed": CardAttempt.completed,
    "refused": CardAttempt.refused,
    "lost": CardAttempt.lost,
    "judged": lambda attempt: attempt.judged(TerminalPayment(True, 1_000, 8)),
    "decided": lambda attempt: attempt.decided(paid=True),
    "settled": CardAttempt.settled,
}


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=8))
def test_what_counted_once_never_changes(steps):
    attempt, counted = ASKED, None
    for step in steps:
        with contextlib.suppress(DomainError):
            attempt = STEPS[step](attempt)
        if not attempt.is_open:
            counted = attempt.counted if counted is None else counted
            assert attempt.counted == counted


class Terminal:
    """A terminal that the law below is tried on: what it took, and whether anybody heard of it."""

    def __init__(self):
        self.trace, self.money, self.last = 1, 0, TerminalPayment(True, 1, 1)

    def take(self, amount, *, books):
        self.trace += 1
        if books:
            self.money += amount
            self.last = TerminalPayment(True, amount, self.trace)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.sampled_from(["completed", "declined", "lost", "lost after all"]),
        ),
        max_size=30,
    )
)
def test_the_till_counts_what_the_terminal_took(payments):
    """Few amounts, so that payments look alike; each is resolved before the next, as the till does it."""
    terminal, counted = Terminal(), 0
    for amount, what in payments:
        attempt = ask(AttemptKind.PAYMENT, amount, "EUR", terminal.last.trace)
        terminal.take(amount, books=what in {"completed", "lost after all"})
        if what == "completed":
            attempt = attempt.completed()
        elif what == "declined":
            attempt = attempt.refused()
        else:
            attempt = attempt.lost().judged(terminal.last)
        assert not attempt.is_open
        counted += attempt.counted
        assert counted == terminal.money
