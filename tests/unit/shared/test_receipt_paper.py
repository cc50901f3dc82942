"""Receipts on paper: layouts by width, and what stands on them."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from pos_client.app.translations import TillTexts
from shared.basket import LineDiscount, Origin
from shared.coupons import CodeUse
from shared.fiscal import FiscalResult
from shared.receipt import Owed, RecordedMode
from shared.receipt.layout import (
    WIDTHS,
    Sheet,
    cash_slip_paper,
    gift_paper,
    receipt_paper,
    trial_paper,
    vat_letters,
)
from shared.receipt.paper import (
    Align,
    Barcode,
    Columns,
    Cut,
    DrawerPulse,
    Feed,
    Image,
    Pair,
    Paper,
    QrCode,
    Rule,
    Style,
    Text,
    columns_of,
    plain_text,
    row_text,
)
from shared.receipt.rows import big_pair, pair, table, wrapped
from shared.tender import TenderKind
from tests.support import receipts

GERMAN = TillTexts("de", "DE", "EUR")


def sheet(width=42, market="DE", logo=False):
    return Sheet(receipts.SELLERS[market], GERMAN, width, logo)


def shown(receipt, kind="sale.completed", width=42, **options):
    return plain_text(receipt_paper(receipt, kind, sheet(width), **options))


def in_order(text, *parts):
    place = -1
    for part in parts:
        found = text.find(part, place + 1)
        assert found > place, f"{part!r} does not follow in\n{text}"
        place = found
    return True


def too_wide(paper):
    for row in paper.rows:
        if isinstance(row, Text | Pair | Columns | Rule):
            style = getattr(row, "style", Style.NORMAL)
            room = columns_of(style, paper.width)
            if len(row_text(row, room)) > room:
                yield row


SAMPLES = [
    receipts.german_sale(),
    receipts.austrian_sale(),
    receipts.british_sale(),
    receipts.german_return(),
    receipts.control_receipt(),
    receipts.receipt(
        "DE",
        [receipts.line("DE", "Wolle " * 20 + "x" * 70, 10**9, "99.999", note="y" * 150)],
        given=10**11,
        note="Notiz " * 30,
        external_ref="R" * 60,
    ),
]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("receipt", SAMPLES)
def test_every_row_fits(receipt, width):
    for copy in (False, True):
        paper = receipt_paper(receipt, "sale.completed", sheet(width), copy=copy)
        assert list(too_wide(paper)) == []
    assert list(too_wide(gift_paper(receipt, sheet(width)))) == []
    assert list(too_wide(cash_slip_paper(receipts.cash_slip(), sheet(width)))) == []
    assert list(too_wide(trial_paper("DE01-T1", receipts.at("DE"), sheet(width)))) == []


def test_rows_that_are_too_wide_are_noticed():
    wide = Paper(32, (Text("x" * 33), Text("x" * 17, Style.DOUBLE), Text("x" * 32)))
    assert len(list(too_wide(wide))) == 2


def test_a_sale_reads_from_seller_to_change():
    text = shown(receipts.german_sale())
    assert in_order(
        text,
        "Kranich & Kater",
        "Mode und Schönes",
        "Große Bleichen 21",
        "USt-IdNr. DE811907980",
        "Beleg",
        "1-42",
        "DE01-T1",
        "25.11.2026 12:00:00",
        "25.11.2026 12:00:47",
        "Leinenhemd Ahoi, M, marine",
        "1 x 59,90",
        "59,90 A",
        "Strickmütze",
        "2 x 24,95",
        "49,90 A",
        "Rabatt",
        "−5,00 A",
        "Abholung morgen",
        "32,00 B",
        "Summe EUR",
        "136,80",
        "Bar",
        "150,00",
        "Rückgeld",
        "−13,20",
        "A 19 %",
        "B 7 %",
        "Kein Kassenbeleg",
        "DE01-T1-1-42",
        "Vielen Dank",
    )


def test_the_column_of_amounts_adds_up_to_the_total():
    """Amount before the discount, the discount below it: a customer adds the column."""
    rows = receipt_paper(receipts.german_sale(), "sale.completed", sheet()).rows
    cents = [
        int(row.right[:-2].replace(",", "").replace("−", "-"))
        for row in rows
        if isinstance(row, Pair) and row.right[-2:] in {" A", " B"}
    ]
    assert sum(cents) == 13680


def test_the_total_is_double_and_the_drawer_opens_first():
    rows = receipt_paper(receipts.german_sale(), "sale.completed", sheet(), drawer=True).rows
    assert rows[0] == DrawerPulse()
    assert Pair("Summe EUR", "136,80", Style.DOUBLE) in rows
    assert rows[-1] == Cut()
    without = receipt_paper(receipts.german_sale(), "sale.completed", sheet()).rows
    assert DrawerPulse() not in without
    assert Image("logo") not in without


def test_a_logo_stands_on_top():
    assert receipt_paper(receipts.german_sale(), "sale.completed", sheet(logo=True)).rows[0] == (
        Image("logo")
    )


def test_a_return_says_what_came_back_and_why():
    text = shown(receipts.german_return(), "return.completed")
    assert in_order(text, "Rückgabe", "−1 x 59,90", "−59,90 A", "Zurückgenommen: zu klein")
    assert in_order(text, "Erstattung EUR", "−59,90")
    plain = replace(receipts.german_return().lines[0], reason="")
    bare = receipts.receipt("DE", [plain])
    assert "Zurückgenommen\n" in shown(bare, "return.completed")


@pytest.mark.parametrize(("paid", "said"), [(5_990, None), (6_590, "6,00")])
def test_goods_of_a_receipt_say_where_they_were_bought_and_why_less_goes_back(paid, said):
    back = receipts.german_return()
    line = replace(back.lines[0], origin=Origin("DE01-1-7", 1, paid))
    text = " ".join(shown(replace(back, lines=(line, *back.lines[1:]))).split())
    assert "DE01-1-7" in text
    assert (line.kept_back > 0) == (said is not None)
    assert said is None or said in text


def test_a_price_by_hand_keeps_its_reason_to_itself():
    made = receipts.receipt("DE", [receipts.line("DE", "Hemd", 100, reason="Fleck am Ärmel")])
    assert "Fleck" not in shown(made)


@pytest.mark.parametrize(
    ("mode", "mark"), [(RecordedMode.TRAINING, "ÜBUNG"), (RecordedMode.DEMO, "Vorführung")]
)
def test_practice_is_marked_large(mode, mark):
    made = replace(receipts.german_sale(), mode=mode)
    rows = receipt_paper(made, "training.completed", sheet()).rows
    assert any(
        isinstance(row, Text) and row.style is Style.DOUBLE and mark in row.text for row in rows
    )
    assert "ÜBUNG" not in shown(receipts.german_sale())


def test_training_is_marked_at_both_ends_and_has_no_barcode():
    made = replace(receipts.german_sale(), mode=RecordedMode.TRAINING)
    assert shown(made, "training.completed").count("ÜBUNG – KEIN VERKAUF") == 2
    assert not any(
        isinstance(row, Barcode) for row in receipt_paper(made, "training.completed", sheet()).rows
    )


def test_a_copy_says_so_and_the_original_does_not():
    assert "*** KOPIE ***" in shown(receipts.german_sale(), copy=True)
    assert "KOPIE" not in shown(receipts.german_sale())


@pytest.mark.parametrize("kind", ["receipt.opening", "receipt.closing", "receipt.null"])
def test_a_control_receipt_shows_its_number_and_zero(kind):
    made = replace(receipts.control_receipt(), note="Wechselgeld 200,00")
    text = shown(made, kind)
    assert in_order(text, GERMAN.text(f"kind.{kind}"), "1-1", "Summe EUR", "0,00", "Wechselgeld")
    assert "A " not in text.split("Summe")[1]
    assert "Vielen Dank" not in text


def test_another_systems_number_is_shown():
    made = receipts.receipt("DE", [receipts.line("DE", "Hemd", 100)], external_ref="WEB-7")
    assert in_order(shown(made), "Referenz", "WEB-7")


def test_a_british_receipt_has_one_time_and_a_german_one_two():
    british = shown(receipts.british_sale())
    assert "Begonnen" not in british
    assert in_order(british, "Datum", "12:00:47")
    assert in_order(shown(receipts.german_sale()), "Begonnen", "Beendet")


def test_letters_lead_from_the_line_to_its_rate():
    letters = vat_letters(receipts.austrian_sale())
    assert letters == {
        ("standard", Decimal(20)): "A",
        ("second_reduced", Decimal(13)): "B",
        ("reduced", Decimal(10)): "C",
        ("selected_food", Decimal("4.9")): "D",
        ("zero", Decimal(0)): "E",
    }
    assert in_order(shown(receipts.austrian_sale()), "Bauernbrot", "5,25 D", "D 4,9 %")


def test_the_qr_code_of_a_fiscal_device_is_on_the_paper():
    fiscal = FiscalResult("sample", ("TSE TEST",), {"qr": "V0;DE01-T1;" + "x" * 60})
    made = replace(receipts.german_sale(), fiscal=fiscal)
    paper = receipt_paper(made, "sale.completed", sheet())
    assert QrCode(fiscal.fields["qr"]) in paper.rows
    assert fiscal.fields["qr"] in plain_text(paper).replace("\n", "")


def test_a_gift_receipt_shows_goods_and_no_amount():
    made = receipts.receipt(
        "DE",
        [receipts.line("DE", "Schal", 1234, "2"), receipts.line("DE", "Mütze", 567, "-1")],
    )
    text = plain_text(gift_paper(made, sheet()))
    assert in_order(text, "Geschenkbeleg", "1-42", "2 x Schal", "umgetauscht", "DE01-T1-1-42")
    assert "Mütze" not in text
    for amount in ("12,34", "24,68", "5,67", "19,01", "EUR", "%", "Summe"):
        assert amount not in text


def test_a_cash_slip_has_amount_reason_and_a_line_to_sign_on():
    slip = receipts.cash_slip()
    text = plain_text(cash_slip_paper(slip, sheet()))
    assert in_order(text, "Abgabe an die Bank", "DE01-T1", "101", "Tageseinnahme")
    assert in_order(text, "Betrag EUR", "−500,00", "____", "Unterschrift")
    assert "KOPIE" not in text
    assert "KOPIE" in plain_text(cash_slip_paper(slip, sheet(), copy=True))


def test_the_barcode_stays_away_where_it_does_not_fit():
    long_id = replace(receipts.german_sale().receipt_id, till_id="HAMBURG-BLEICHEN-KASSE-12")
    made = replace(receipts.german_sale(), receipt_id=long_id)
    assert not any(
        isinstance(row, Barcode) for row in receipt_paper(made, "sale.completed", sheet(32)).rows
    )


def test_a_seller_without_vat_number_gets_no_empty_row():
    nameless = replace(receipts.SELLERS["DE"], vat_id="", name="Ein Laden mit einem langen Namen")
    paper = receipt_paper(receipts.german_sale(), "sale.completed", Sheet(nameless, GERMAN))
    assert "USt-IdNr" not in plain_text(paper)
    assert Text("Ein Laden mit einem langen Namen", Style.BOLD, Align.CENTRE) in paper.rows


# --- the pieces -------------------------------------------------------------------------------


def test_text_of_every_kind_of_row():
    paper = Paper(
        20,
        (
            Image("logo"),
            DrawerPulse(),
            Text("links"),
            Text("mitte", align=Align.CENTRE),
            Text("rechts", align=Align.RIGHT),
            Pair("a", "b"),
            Columns(("x", "1", "22"), (10, 5, 5)),
            Rule(),
            QrCode("q" * 25),
            Barcode("DE01"),
            Feed(2),
            Text("Ende"),
            Feed(),
            Cut(),
        ),
    )
    assert plain_text(paper).splitlines() == [
        "links",
        "       mitte",
        "              rechts",
        "a                  b",
        "x             1   22",
        "-" * 20,
        "q" * 20,
        "q" * 5,
        "     || DE01 ||",
        "",
        "",
        "Ende",
    ]


def test_a_long_left_text_wraps_above_its_amount():
    rows = list(pair("  eins zwei drei vier", "9,99", 16))
    assert rows == [Text("  eins zwei"), Pair("  drei vier", "9,99")]


def test_a_long_right_text_takes_rows_of_its_own():
    assert list(pair("Referenz", "R" * 18, 16)) == [
        Text("Referenz"),
        Text("R" * 16, align=Align.RIGHT),
        Text("RR", align=Align.RIGHT),
    ]
    assert list(pair("", "7", 16)) == [Pair("", "7")]


def test_a_big_pair_shrinks_to_what_fits():
    assert list(big_pair("Summe", "1,00", 32)) == [Pair("Summe", "1,00", Style.DOUBLE)]
    assert list(big_pair("Summe EUR", "1.234,00", 32)) == [
        Text("Summe EUR", Style.BOLD),
        Text("1.234,00", Style.DOUBLE, Align.RIGHT),
    ]
    assert list(big_pair("Summe", "1" * 17, 32)) == [Pair("Summe", "1" * 17, Style.BOLD)]


def test_a_table_stacks_where_amounts_are_long():
    head = ("USt", "Netto", "Steuer", "Brutto")
    narrow = list(table(head, [("A 19 %", "1,00", "0,19", "1,19")], 32))
    assert narrow[1] == Columns(("A 19 %", "1,00", "0,19", "1,19"), (8, 8, 8, 8))
    stacked = list(table(head, [("A 19 %", "100.000,00", "19.000,00", "119.000,00")], 32))
    assert stacked == [
        Text("USt A 19 %"),
        Pair("  Netto", "100.000,00"),
        Pair("  Steuer", "19.000,00"),
        Pair("  Brutto", "119.000,00"),
    ]


def test_wrapping_breaks_long_words():
    assert [row.text for row in wrapped("x" * 12, 20, Style.DOUBLE)] == ["x" * 10, "xx"]


def test_each_promotion_stands_under_its_line_by_name_and_the_sum_saved_under_the_total():
    sold = receipts.line("DE", "Hemd", 1000)
    sold = replace(
        sold,
        discount=350,
        discounts=(LineDiscount("P1", 2, 200, "20 % auf Hemden"), LineDiscount("P2", 1, 100)),
    )
    made = receipts.receipt("DE", [sold])
    text = shown(made)
    assert in_order(text, "Hemd", "20 % auf Hemden", "−2,00", "Rabatt", "−1,00", "Rabatt", "−0,50")
    assert in_order(text, "Sie haben gespart", "3,50")


def test_a_code_that_worked_once_stands_under_the_total_by_its_end():
    use = CodeUse(UUID(int=1), "HERBST7K3MQ2", UUID(int=2), "HERBST")
    text = shown(replace(receipts.german_sale(), codes=(use,)))
    assert in_order(text, "EUR", "Code …3MQ2")
    assert "HERBST" not in text


@pytest.mark.parametrize(
    ("texts", "said", "points"),
    [
        (GERMAN, "Schon ausgegeben, wird verrechnet:", "Punkte"),
        (TillTexts("en", "DE", "EUR"), "Already spent, taken off later:", "Points"),
    ],
)
def test_what_is_owed_after_a_return_is_said_under_what_was_paid(texts, said, points):
    owed = (Owed(TenderKind.POINTS, 1_250), Owed(TenderKind.WALLET, 50))
    receipt = replace(receipts.german_sale(), owed=owed)
    paper = receipt_paper(
        receipt, "return.completed", Sheet(receipts.SELLERS["DE"], texts, 42, logo=False)
    )
    rows = plain_text(paper).splitlines()
    place = rows.index(said)
    assert rows[place + 1].split() == [points, texts.quantity(Decimal(1_250))]
    assert rows[place + 2].split()[-1] == texts.amount(50, "EUR")
    assert said not in plain_text(
        receipt_paper(
            receipts.german_sale(), "sale.completed", Sheet(receipts.SELLERS["DE"], texts, 42)
        )
    )
