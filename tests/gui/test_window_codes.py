"""Codes that work once at the till's window, on real files: asked for beside the sale, taken alone, refused."""

from dataclasses import replace

import pytest

from pos_client.kit.choices import RemovableChip
from pos_client.storage.feed_applier import FeedApplier
from pos_client.sync.ports import CentreRefusedError
from shared.coupons import CodeBatch, DrawnForm, DrawnKeys, literal_of
from shared.errors import EnvironmentProblem
from shared.wire.authorisations import AuthorisationState
from shared.wire.coupons import BATCH_KEY, CodeAnswer, batch_payload
from shared.wire.models import FeedRow
from tests.gui.test_window import seat, world  # noqa: F401
from tests.integration.ledger_rig import named
from tests.integration.promotion_shop import Shop
from tests.integration.till_world import page

ONCE = {
    "id": "P9",
    "name": "1 € mit Brief",
    "stage": "basket",
    "reward": {"amount": "1.00"},
    "when": {"codes": [literal_of("P9")]},
}
BATCH = CodeBatch(named("b"), "P9", "Brief", DrawnForm("B", 10), 9, keys=DrawnKeys(b"t", b"c"))
OTHER = replace(BATCH, batch_id=named("o"), promotion="P10", form=DrawnForm("C", 10))


class Centre:
    """What the centre says to the next question."""

    def __init__(self):
        self.refusal = None
        self.asked = []
        self.released = []

    def release_code(self, auth_id):
        self.released.append(auth_id)
        return CodeAnswer(auth_id=auth_id, state=AuthorisationState.RELEASED)

    def keep_code(self, request):
        self.asked.append(request)
        if self.refusal is not None:
            raise self.refusal
        return CodeAnswer(auth_id=request.auth_id, state=AuthorisationState.APPROVED)


@pytest.fixture
def world(tmp_path):  # noqa: F811
    shop = Shop(tmp_path / "till")
    shop.publish(ONCE)
    rows = [
        FeedRow(
            kind="config",
            key=f"{BATCH_KEY}{batch.batch_id}",
            scope="chain",
            seq=30,
            op="put",
            d=batch_payload(batch),
        )
        for batch in (BATCH, OTHER)
    ]
    applier = FeedApplier(shop.reference_file)
    applier.take("config", page(rows, "e.30.0"))
    applier.close()
    yield shop
    shop.close()


@pytest.fixture
def centre():
    return Centre()


@pytest.fixture
def cashier(seat, centre):  # noqa: F811
    cashier = seat()
    cashier.space._stage.paying.codes._transport = centre
    cashier.log_in()
    cashier.scan_in(5)
    return cashier


def chips(cashier):
    return [chip.text() for chip in cashier.basket.codes.findChildren(RemovableChip)]


def saved(cashier):
    return cashier.basket.saved.accessibleName()


def test_a_code_is_asked_for_and_counts_with_the_answer(cashier, centre):
    cashier.scan(BATCH.code(0))
    cashier.until(lambda: saved(cashier) == "1,00 gespart")
    assert chips(cashier) == [BATCH.code(0)]
    assert [one.code for one in centre.asked] == [BATCH.code(0)]
    (chip,) = cashier.basket.codes.findChildren(RemovableChip)
    chip.click()
    cashier.until(lambda: saved(cashier) == "")
    cashier.shell.toast.button.click()
    cashier.until(lambda: saved(cashier) == "1,00 gespart")
    first, second = centre.asked
    assert first.auth_id != second.auth_id
    assert centre.released == [first.auth_id]  # or it would be refused as kept by this till


def test_a_used_code_is_said_with_day_and_store_and_leaves_the_receipt(cashier, centre):
    used = {"day": "2026-11-20T09:30:00+00:00", "store": "DE01", "receipt": "DE01-T2-1-7"}
    centre.refusal = CentreRefusedError(409, "code_exhausted", used)
    cashier.type(f"{BATCH.code(1)}\r")
    cashier.until(lambda: "eingelöst" in cashier.toast())
    assert "20.11.2026" in cashier.toast()
    assert "DE01-T2-1-7" in cashier.toast()
    cashier.until(lambda: chips(cashier) == [])
    assert saved(cashier) == ""


def test_without_an_answer_the_till_takes_one_and_refuses_the_next(cashier, centre):
    centre.refusal = EnvironmentProblem("centre_unreachable", {"detail": "test"})
    cashier.scan(BATCH.code(2))
    cashier.until(lambda: saved(cashier) == "1,00 gespart")
    cashier.scan(BATCH.code(3))
    cashier.until(lambda: "derselben Aktion" in cashier.toast())
    cashier.scan(OTHER.code(3))
    cashier.until(lambda: "Zentrale" in cashier.toast())
    cashier.until(lambda: chips(cashier) == [BATCH.code(2)])


def test_a_mistyped_code_is_told_from_an_unknown_article(cashier):
    code = BATCH.code(4)
    cashier.type(code[:-1] + ("2" if code[-1] != "2" else "3") + "\r")
    cashier.until(lambda: "ein Zeichen falsch" in cashier.toast())
    assert chips(cashier) == []
