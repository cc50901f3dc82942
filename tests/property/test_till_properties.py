"""Whatever a cashier does and whenever the disk fails: numbers without gaps, a sound chain, each receipt once."""

import contextlib
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_client.app.arguments import Arguments
from pos_client.app.tally import Tally
from pos_client.storage.event_records import MAGIC, read_records, record_of
from pos_client.storage.journal_check import check_chain
from shared.basket import Basket, Line
from shared.errors import DomainError, EnvironmentProblem
from shared.journal import first_prev_hash, link, parse_body
from tests.integration.till_world import World, all_events

INTENTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 5)),
        st.tuples(st.just("return"), st.integers(1, 5)),
        st.tuples(st.just("void"), st.integers(1, 4)),
        st.tuples(st.just("undo"), st.just(0)),
        st.tuples(st.just("quantity"), st.integers(1, 4)),
        st.tuples(st.just("pay"), st.just(0)),
        st.tuples(st.just("finish"), st.just(0)),
        st.tuples(st.just("park"), st.just(0)),
        st.tuples(st.just("recall"), st.just(0)),
        st.tuples(st.just("cancel"), st.just(0)),
        st.tuples(st.just("null"), st.just(0)),
        st.tuples(st.just("training"), st.integers(0, 1)),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("clock"), st.integers(-4_000, 4_000)),
        # The next write fails before, or after, the disk has it.
        st.tuples(st.just("fail"), st.integers(0, 1)),
    ),
    min_size=5,
    max_size=60,
)


def fail_next_write(till, *, committed):
    """Make the next transaction fail at its boundary, as a kill there would look from inside."""
    real = till.journal.file.writing

    @contextlib.contextmanager
    def failing(**named):
        till.journal.file.writing = real
        if not committed:
            raise EnvironmentProblem("journal_io_error", {"detail": "test"})
        with real(**named) as connection:
            yield connection
        raise EnvironmentProblem("journal_io_error", {"detail": "test"})

    till.journal.file.writing = failing


ACTS = {
    "add": lambda till, n: till.basket.on_add(f"S{n}"),
    "return": lambda till, n: till.basket.on_return(f"S{n}", "1", None, "why"),
    "void": lambda till, n: till.basket.on_void(n),
    "undo": lambda till, _: till.basket.on_undo(),
    "quantity": lambda till, n: till.basket.on_quantity(n, str(n + 1)),
    "pay": lambda till, _: till.payment.on_cash(),
    "finish": lambda till, _: till.payment.on_finish(),
    "park": lambda till, _: till.basket.on_park(),
    "recall": lambda till, _: till.basket.on_recall(),
    "cancel": lambda till, _: till.basket.on_cancel("why"),
    "null": lambda till, _: till.shift.on_null_receipt(),
    "training": lambda till, n: till.basket.on_training(bool(n)),
    "fail": lambda till, n: fail_next_write(till, committed=bool(n)),
}


def reopened(world, till):
    till.journal.file.__dict__.pop("writing", None)
    till.close()
    world.opened.clear()
    return world.open()


@given(INTENTS, st.booleans())
@settings(max_examples=80)
def test_numbers_have_no_gaps_and_the_chain_holds(intents, restart_after_failure):
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), articles=5)
        till = world.open()
        for what, number in intents:
            if what == "clock":
                world.later(seconds=number)
            elif what == "restart":
                till = reopened(world, till)
            else:
                try:
                    ACTS[what](till, number)
                except DomainError:
                    pass
                except EnvironmentProblem:
                    if restart_after_failure:
                        till = reopened(world, till)
            if till.sale.basket is not None:
                assert till.sale.totals == till.sale.basket.totals()
        shown = till.sale.basket
        till = reopened(world, till)
        if not any(what == "fail" for what, _ in intents):
            assert till.sale.basket == shown
        numbers = [
            body["receipt"]["number"]
            for event in all_events(till)
            if isinstance((body := parse_body(event.body)).get("receipt"), dict)
        ]
        assert numbers == list(range(1, len(numbers) + 1))
        assert till.store.next_receipt == len(numbers) + 1
        assert check_chain(till.journal) is None
        times = [
            datetime.fromisoformat(parse_body(e.body)["occurred_at"]) for e in all_events(till)
        ]
        assert times == sorted(times)
        baskets = [
            parse_body(e.body)["basket_id"]
            for e in all_events(till)
            if e.type.endswith((".completed", ".voided"))
        ]
        assert len(baskets) == len(set(baskets))
        world.close()


LINES = st.builds(
    Line,
    number=st.just(0),
    sku=st.just("S"),
    article_no=st.just("S"),
    name=st.just("N"),
    quantity=st.integers(-5_000, 5_000).filter(bool).map(lambda n: Decimal(n).scaleb(-3)),
    unit_price=st.integers(0, 10_000),
    vat_category=st.sampled_from(("standard", "reduced", "zero")),
    vat_rate=st.sampled_from((Decimal(19), Decimal(7), Decimal(0), Decimal("4.9"))),
)


@given(st.lists(st.tuples(LINES, st.booleans()), max_size=30))
def test_running_sums_equal_the_baskets_own(steps):
    basket = Basket(UUID(int=1), "EUR", datetime(2026, 1, 1, tzinfo=UTC), "101")
    tally = Tally()
    for line, keep in steps:
        basket = basket.add(line)
        tally.add(basket.lines[basket.next_number - 1])
        if not keep:
            number = next(iter(basket.lines))
            tally.remove(basket.line(number))
            basket = basket.void(number)
        assert tally.totals() == basket.totals()


EVENTS = st.lists(
    st.tuples(st.uuids(version=4), st.text(min_size=1, max_size=20), st.binary(max_size=200)),
    min_size=1,
    max_size=20,
)


@given(EVENTS, st.integers(0, 4_000), st.booleans())
def test_records_are_read_back_up_to_the_first_damage(facts, at, cut):
    prev = first_prev_hash("DE01-T1", 3)
    chain = []
    for seq, (event_id, name, body) in enumerate(facts, 1):
        event = link(
            till_id="DE01-T1",
            incarnation=3,
            seq=seq,
            event_id=event_id,
            event_type=name,
            version=1,
            body=body,
            prev_hash=prev,
        )
        chain.append(event)
        prev = event.hash
    data = bytearray(MAGIC + b"".join(record_of(event) for event in chain))
    assert [event for event, _ in read_records(BytesIO(data))] == chain
    at = min(at, len(data) - 1)
    if cut:
        del data[at:]
    else:
        data[at] ^= 0x55
    found = [event for event, _ in read_records(BytesIO(data))]
    assert found == chain[: len(found)]
    assert len(found) < len(chain)


@given(st.text(max_size=300))
def test_any_line_is_an_intent_or_refused(line):
    with contextlib.suppress(DomainError):
        Arguments.parse(line).text("do")
