"""The bytes of each kind of receipt, and its picture beside them, as they were accepted.

`TRESEN_UPDATE_GOLDEN=1` accepts what is made now; look at the pictures before you commit them.
"""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from pos_client.app.translations import TillTexts
from pos_client.devices.printer.escpos import drawer_job, encode
from pos_client.devices.printer.simulator.drawing import draw
from pos_client.devices.printer.simulator.roll import read_pieces
from shared.fiscal import FiscalResult
from shared.receipt import RecordedMode
from shared.receipt.card_rows import merchant_papers
from shared.receipt.duties import missing
from shared.receipt.layout import (
    Sheet,
    cash_slip_paper,
    gift_paper,
    receipt_paper,
    trial_paper,
)
from shared.receipt.voucher_paper import voucher_papers
from tests.support import receipts, value_receipts

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden/receipts"
LOGO = {"logo": (ROOT / "resources/demo/receipt-logo.png").read_bytes()}
TOLERANCE = 0.0002
UPDATE = os.environ.get("TRESEN_UPDATE_GOLDEN") == "1"
TEXTS = {
    "DE": TillTexts("de", "DE", "EUR"),
    "AT": TillTexts("de", "AT", "EUR"),
    "GB": TillTexts("en", "GB", "GBP"),
}
SIGNED = FiscalResult(
    "sample",
    ("Signatur nur zum Test",),
    {"qr": "_R1-AT1_AT01-T1_1-42_2026-11-25T12:00:47_249,00_14,90_12,50_2,00_5,25_" + "x" * 100},
)


def sheet(market, width=42):
    return Sheet(receipts.SELLERS[market], TEXTS[market], width, logo=True)


def control(kind, market="AT"):
    return receipt_paper(receipts.control_receipt(market), kind, sheet(market))


def sale_in(width):
    return receipt_paper(receipts.german_sale(), "sale.completed", sheet("DE", width))


TRAINING = replace(receipts.german_sale(), mode=RecordedMode.TRAINING)
DEMO = replace(receipts.german_sale(), mode=RecordedMode.DEMO)
CARDS = receipts.paid_by_cards(receipts.german_sale())
(MERCHANT,) = merchant_papers(CARDS, TEXTS["DE"], 42)
SOLD, _ = voucher_papers(value_receipts.value_sale(), TEXTS["DE"], 42)
(GIVEN,) = voucher_papers(value_receipts.with_voucher_given(), TEXTS["DE"], 42)
(CREDIT,) = voucher_papers(value_receipts.put_on_account(), TEXTS["DE"], 42)
PAPERS = {
    "de-sale": receipt_paper(receipts.german_sale(), "sale.completed", sheet("DE"), drawer=True),
    "de-sale-32": sale_in(32),
    "de-sale-48": sale_in(48),
    "de-return": receipt_paper(receipts.german_return(), "return.completed", sheet("DE")),
    "de-training": receipt_paper(TRAINING, "training.completed", sheet("DE")),
    "de-demo": receipt_paper(DEMO, "sale.completed", sheet("DE")),
    "de-copy": receipt_paper(receipts.german_sale(), "sale.completed", sheet("DE"), copy=True),
    "de-gift": gift_paper(receipts.german_sale(), sheet("DE")),
    "de-cash-slip": cash_slip_paper(receipts.cash_slip(), sheet("DE")),
    "at-sale": receipt_paper(receipts.austrian_sale(), "sale.completed", sheet("AT")),
    "at-sale-signed": receipt_paper(
        replace(receipts.austrian_sale(), fiscal=SIGNED), "sale.completed", sheet("AT")
    ),
    "at-opening": control("receipt.opening"),
    "at-closing": control("receipt.closing"),
    "at-null": control("receipt.null"),
    "gb-sale": receipt_paper(receipts.british_sale(), "sale.completed", sheet("GB")),
    "de-cards": receipt_paper(CARDS, "sale.completed", sheet("DE")),
    "de-cards-copy-32": receipt_paper(CARDS, "sale.completed", sheet("DE", 32), copy=True),
    "de-cards-merchant": MERCHANT,
    "gb-cards": receipt_paper(
        receipts.paid_by_cards(receipts.british_sale()), "sale.completed", sheet("GB")
    ),
    "de-value": receipt_paper(value_receipts.value_sale(), "sale.completed", sheet("DE")),
    "de-value-32": receipt_paper(value_receipts.value_sale(), "sale.completed", sheet("DE", 32)),
    "de-value-voucher": SOLD,
    "de-value-given": GIVEN,
    "de-value-paid": receipt_paper(
        value_receipts.paid_by_vouchers(), "sale.completed", sheet("DE")
    ),
    "de-store-credit": CREDIT,
    "test-page": trial_paper("DE01-T1", receipts.at("DE"), sheet("DE")),
}


@pytest.mark.parametrize("name", PAPERS)
def test_bytes_and_picture_are_as_accepted(name):
    paper = PAPERS[name]
    job = encode(paper, LOGO)
    (piece,) = read_pieces(job)
    picture = draw(piece, paper.width)
    if UPDATE:
        GOLDEN.mkdir(parents=True, exist_ok=True)
        (GOLDEN / f"{name}.bin").write_bytes(job)
        picture.save(GOLDEN / f"{name}.png", optimize=True)
    assert piece.whole
    assert piece.unknown == ()
    assert (GOLDEN / f"{name}.bin").read_bytes() == job
    with Image.open(GOLDEN / f"{name}.png") as accepted:
        assert differing(accepted.convert("L"), picture) < TOLERANCE


def differing(one, other):
    """The share of dots that look different; another release of FreeType moves a shade, not a letter."""
    if one.size != other.size:
        return 1
    counts = ImageChops.difference(one, other).histogram()
    return sum(counts[64:]) / (one.width * one.height)


def test_every_accepted_file_belongs_to_a_receipt():
    assert {path.stem for path in GOLDEN.iterdir()} == set(PAPERS)


def test_another_picture_is_noticed():
    (sale,) = read_pieces(encode(PAPERS["de-sale"], LOGO))
    (copy,) = read_pieces(encode(PAPERS["de-demo"], LOGO))
    assert differing(draw(sale), draw(copy)) == 1
    dearer = PAPERS["de-sale"].rows
    changed = replace(
        PAPERS["de-sale"],
        rows=tuple(
            replace(row, right="136,81") if getattr(row, "right", "") == "136,80" else row
            for row in dearer
        ),
    )
    (other,) = read_pieces(encode(changed, LOGO))
    assert draw(sale).size == draw(other).size
    assert differing(draw(sale), draw(other)) > TOLERANCE


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("de-sale", receipts.german_sale()),
        ("de-sale-32", receipts.german_sale()),
        ("de-return", receipts.german_return()),
        ("at-sale", receipts.austrian_sale()),
        ("at-sale-signed", receipts.austrian_sale()),
        ("gb-sale", receipts.british_sale()),
        ("de-cards", CARDS),
        ("gb-cards", receipts.paid_by_cards(receipts.british_sale())),
    ],
)
def test_what_the_law_wants_is_in_the_bytes(name, made):
    """The checklist, gone through on what the decoder reads: in the letters that the printer has."""
    (piece,) = read_pieces((GOLDEN / f"{name}.bin").read_bytes())
    # The code page has neither these quotation marks nor the minus sign.
    text = piece.text().replace('"Kraniche"', "„Kraniche“")
    text = re.sub(r"(?<!\w)-(?=\d)", "−", text)
    assert missing(text, made, receipts.SELLERS[made.market], TEXTS[made.market]) == []


def test_the_drawer_opens_for_cash_and_not_for_copies():
    pulses = {name: read_pieces((GOLDEN / f"{name}.bin").read_bytes())[0].pulses for name in PAPERS}
    assert {name for name, count in pulses.items() if count} == {"de-sale"}
    assert pulses["de-sale"] == 1
    assert read_pieces(drawer_job()) == []
