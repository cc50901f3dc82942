"""States to draw: the demo chain's Lindenplatz store on a Saturday afternoon. Nothing here is worked out."""

from __future__ import annotations

from pos_client.app.window.devices_page import DeviceRow
from pos_client.features.basket.state import BasketState, LineRow
from pos_client.features.joining.state import JoiningState, JoiningStep
from pos_client.features.login.state import LoginState, StaffTile
from pos_client.features.payment.state import (
    ChangePart,
    PaymentPreview,
    PaymentState,
    QuickAmount,
    TenderRow,
)
from pos_client.features.receipts.state import ReceiptRow, ReceiptsState
from pos_client.features.settings.state import Choice, SettingRow, SettingsState
from pos_client.features.shift.state import CountRow, CountState, ShiftState, TenderTotal
from pos_client.features.status.state import StatusState
from pos_client.features.stock_lookup.state import (
    CategoriesState,
    CategoryTile,
    FoundRow,
    LookupState,
    StockRow,
    StockState,
    VariantCell,
    VariantState,
)

STATUS = StatusState(
    sync_text="Übertragen",
    sync_tone="ok",
    fiscal_text="Kein Kassenbeleg",
    fiscal_tone="warning",
    place="Kranich & Kater · Lindenplatz · DE01-T2",
    date_text="Sa., 21. Nov.",
    time_text="14:32",
    operator="Jette Sandkorn",
    initials="JS",
)
WAITING = StatusState(
    sync_text="3 Bons warten, ältester 10:42",
    sync_tone="warning",
    fiscal_text="Kein Kassenbeleg",
    fiscal_tone="warning",
    place="Kranich & Kater · Lindenplatz · DE01-T2",
    date_text="Sa., 21. Nov.",
    time_text="14:37",
    operator="Jette Sandkorn",
    initials="JS",
)
OFFLINE = StatusState(
    sync_text="Offline seit 14:20, 14 Bons warten",
    sync_tone="warning",
    copy_text="Zweite Kopie fehlt",
    copy_tone="danger",
    place="Kranich & Kater · Lindenplatz · DE01-T2",
    date_text="Sa., 21. Nov.",
    time_text="14:41",
    operator="Jette Sandkorn",
    initials="JS",
)

LINES = (
    LineRow(1, "Stoffhose „Lene“", "Sand · 38", "KK-100-38", "1", "79,95", "79,95"),
    LineRow(2, "Jeans „Fenja“", "Dunkelblau · W29/L32", "KK-101-29", "1", "89,95", "89,95"),
    LineRow(3, "Bluse „Oda“", "Hellblau · 38", "KK-102-38", "2", "59,95", "119,90"),
    LineRow(
        4,
        "Merinopullover „Runa“",
        "Petrol · M",
        "KK-103-M",
        "1",
        "84,96",
        "84,96",
        marks=("Handpreis",),
        list_price="99,95",
    ),
    LineRow(
        5,
        "Wollsocken 3er-Pack",
        "Grau · 39–42",
        "KK-104-39",
        "1",
        "14,95",
        "14,95",
        note="Geschenk",
    ),
    LineRow(
        6,
        "Ledergürtel „Pelle“",
        "Cognac · 85",
        "KK-105-85",
        "−1",
        "39,95",
        "−39,95",
        marks=("Retoure",),
        is_return=True,
    ),
)
BASKET = BasketState(
    open=True,
    lines=LINES,
    pieces="7",
    total="349,76 €",
    last=LINES[4],
    pieces_text="7 Teile",
    subtotal="349,76",
    vat_text="enthält 55,84 € MwSt.",
    can_pay=True,
    parked=2,
)
VOIDED = BasketState(
    open=True,
    lines=(*LINES[:4], LINES[5]),
    pieces="6",
    total="334,81 €",
    pieces_text="6 Teile",
    subtotal="334,81",
    vat_text="enthält 53,46 € MwSt.",
    can_pay=True,
    voided=LineRow(
        5,
        "Wollsocken 3er-Pack",
        "gelöscht, tippen holt zurück",
        "KK-104-39",
        "1",
        "14,95",
        "14,95",
        voided=True,
    ),
)
EMPTY = BasketState(total="0,00 €", parked=1)
TRAINING = BasketState(
    open=True,
    lines=LINES[:1],
    pieces="1",
    total="79,95 €",
    training="ÜBUNG",
    notice="Altersprüfung: erst ab 18 Jahren",
    last=LINES[0],
    pieces_text="1 Teil",
    subtotal="79,95",
    vat_text="enthält 12,77 € MwSt.",
    can_pay=True,
)

TILES = CategoriesState(
    tuple(
        CategoryTile(name, name, f"{count} Artikel", drawing)
        for name, count, drawing in (
            ("Hosen", 214, "trousers"),
            ("Hemden & Blusen", 188, "shirt"),
            ("Strick", 142, "knitwear"),
            ("Jacken & Mäntel", 96, "coat"),
            ("Kleider & Röcke", 131, "dress"),
            ("T-Shirts", 167, "tshirt"),
            ("Schuhe", 120, "shoe"),
            ("Socken & Wäsche", 208, "socks"),
            ("Accessoires", 175, "bag"),
            ("Kinder", 240, "kids"),
            ("Geschenkkarte", 4, "gift"),
            ("Änderung", 9, "needle"),
        )
    )
)
FOUND = LookupState(
    query="hose",
    found=(
        FoundRow(
            "KK-100",
            "",
            "KK-100",
            "Stoffhose „Lene“",
            "KK-100 · 12 Varianten",
            "79,95 €",
            "trousers",
        ),
        FoundRow(
            "KK-110",
            "",
            "KK-110",
            "Stoffhose „Tjark“",
            "KK-110 · 8 Varianten",
            "89,95 €",
            "trousers",
        ),
        FoundRow(
            "KK-111-38", "KK-111-38", "KK-111", "Cordhose „Ida“", "Rost · 38", "99,95 €", "trousers"
        ),
        FoundRow(
            "KK-112", "", "KK-112", "Latzhose „Pips“", "KK-112 · 5 Varianten", "49,95 €", "kids"
        ),
        FoundRow("KK-113", "KK-113", "KK-113", "Hose kürzen", "Änderung", "12,00 €", "needle"),
    ),
)
NOTHING = LookupState(
    query="hosse", notice="Nichts gefunden. Andere Schreibweise oder nur den Anfang versuchen."
)
VARIANTS = VariantState(
    article_no="KK-100",
    name="Stoffhose „Lene“",
    detail="KK-100 · Kranich",
    price="79,95 €",
    sizes=("34", "36", "38", "40", "42"),
    colours=("Sand", "Schwarz"),
    cells=tuple(
        VariantCell(
            f"KK-100-{colour[:1]}{size}",
            size,
            colour,
            "79,95 €",
            str(stock),
            "none" if not stock else ("low" if stock < 3 else "ok"),
        )
        for colour, levels in (("Sand", (0, 2, 5, 4, 1)), ("Schwarz", (3, 6, 0, 2, 4)))
        for size, stock in zip(("34", "36", "38", "40", "42"), levels, strict=True)
    ),
    drawing="trousers",
)
STOCK = StockState(
    article_no="KK-100",
    name="Stoffhose „Lene“",
    columns=("34", "36", "38", "40", "42"),
    rows=(
        StockRow("DE01", "Lindenplatz", own=True, cells=("0", "2", "5", "4", "1"), total="12"),
        StockRow("DE02", "Hafenstraße", own=False, cells=("3", "1", "0", "2", "2"), total="8"),
        StockRow("DE03", "Marktgasse", own=False, cells=("1", "0", "0", "1", "0"), total="2"),
        StockRow("AT01", "Donauzeile", own=False, cells=("2", "4", "3", "1", "0"), total="10"),
    ),
)

PAYMENT = PaymentState(
    total="349,76 €",
    given="0,00 €",
    due="349,76 €",
    change="0,00 €",
    quick=tuple(
        QuickAmount(value, text, exact)
        for value, text, exact in (
            ("349,76", "349,76 €", True),
            ("350", "350 €", False),
            ("360", "360 €", False),
            ("370", "370 €", False),
            ("400", "400 €", False),
            ("500", "500 €", False),
        )
    ),
    pieces_text="7 Teile",
)
PART_PAID = PaymentState(
    total="349,76 €",
    given="200,00 €",
    due="149,76 €",
    change="0,00 €",
    quick=tuple(
        QuickAmount(value, text, exact)
        for value, text, exact in (
            ("149,76", "149,76 €", True),
            ("150", "150 €", False),
            ("160", "160 €", False),
            ("200", "200 €", False),
        )
    ),
    tenders=(TenderRow("cash", "Bar", "200,00"),),
    pieces_text="7 Teile",
)
PREVIEW = PaymentPreview("400,00 € annehmen", change="50,24 €", ok=True)
SHORT = PaymentPreview("100,00 € annehmen", short="49,76 €", ok=True)
CHANGE = PaymentState(
    total="349,76 €",
    given="400,00 €",
    due="0,00 €",
    change="50,24 €",
    settled=True,
    receipt_number="2-5117",
    notice="Bon 2-5117 ist gesichert · Lade ist offen",
    tenders=(
        TenderRow("cash", "Bar erhalten", "400,00"),
        TenderRow("change", "Rückgeld", "−50,24"),
    ),
    change_parts=(
        ChangePart("50 €", 1, note=True),
        ChangePart("20 ct", 1, note=False),
        ChangePart("2 ct", 2, note=False),
    ),
    pieces_text="7 Teile",
    drawer=True,
)

LOGIN = LoginState(
    staff=tuple(
        StaffTile(number, name, initials, role)
        for number, name, initials, role in (
            ("102", "Jette Sandkorn", "JS", "Kasse"),
            ("103", "Malte Wolkenstein", "MW", "Verkauf"),
            ("104", "Ayla Mondschein", "AM", "Verkauf"),
            ("105", "Theo Regenbach", "TR", "Kasse"),
            ("101", "Imke Kieselstein", "IK", "Filialleitung"),
            ("106", "Bo Laubfrosch", "BL", "Aushilfe"),
        )
    )
)

_NOTES = (
    (20000, "200 €", 0),
    (10000, "100 €", 2),
    (5000, "50 €", 6),
    (2000, "20 €", 14),
    (1000, "10 €", 11),
    (500, "5 €", 9),
)
_COINS = (
    (200, "2 €", 23),
    (100, "1 €", 31),
    (50, "50 ct", 28),
    (20, "20 ct", 35),
    (10, "10 ct", 42),
    (5, "5 ct", 30),
    (2, "2 ct", 25),
    (1, "1 ct", None),
)
COUNT = CountState(
    rows=tuple(
        CountRow(
            value,
            text,
            note,
            count,
            "" if count is None else f"{value * count // 100},{value * count % 100:02}",
        )
        for note, rows in ((True, _NOTES), (False, _COINS))
        for value, text, count in rows
    ),
    notes_total="935,00 €",
    coins_total="104,20 €",
    total="1.039,20 €",
    counted=13,
    of=14,
)
SHIFT = ShiftState(
    open=True,
    opened_at="21.11.2026 09:31",
    opening_float="200,00 €",
    receipts="46",
    cash_sales="839,20 €",
    by_tender=(TenderTotal("cash", "Bar", "46", "839,20 €"),),
)
COUNTED = ShiftState(
    expected="1.041,20 €",
    counted="1.039,20 €",
    difference="−2,00 €",
    receipt_number="2-5164",
    notice="Schicht ist abgeschlossen",
)

RECEIPTS = ReceiptsState(
    rows=tuple(
        ReceiptRow(f"2-{number}", kind, f"21.11.2026 {time}", total, "", tone)
        for number, kind, time, total, tone in (
            (5117, "Verkauf", "14:35", "349,76 €", "text"),
            (5116, "Verkauf", "14:21", "24,95 €", "text"),
            (5115, "Retoure", "14:02", "−59,95 €", "danger"),
            (5114, "Verkauf", "13:48", "119,00 €", "text"),
            (5113, "Nullbeleg", "13:30", "", "muted"),
            (5112, "Verkauf", "13:11", "79,95 €", "text"),
        )
    )
)
RECEIPT = ReceiptsState(
    number="2-5117",
    text=(
        "              Kranich & Kater\n                Lindenplatz 4\n"
        "             20095 Musterhafen\n         USt-IdNr. DE000000000\n"
        "------------------------------------------\n"
        "Verkauf                             2-5117\nKasse                              DE01-T2\n"
        "------------------------------------------\n"
        "Stoffhose „Lene“ Sand 38\n  1 x 79,95  (19 %)                  79,95 A\n"
        "------------------------------------------\nSumme EUR                            79,95\n"
        "Bar                                  80,00\nRückgeld                             −0,05\n"
        "------------------------------------------\n            Kein Kassenbeleg\n"
    ),
)

SETTINGS = SettingsState(
    theme="light",
    rows=(
        SettingRow(
            "theme",
            "Aussehen",
            "light",
            (
                Choice("system", "Wie das System"),
                Choice("light", "Hell"),
                Choice("dark", "Dunkel"),
                Choice("contrast", "Kontrast"),
            ),
        ),
        SettingRow(
            "language",
            "Sprache",
            "store",
            (Choice("store", "Wie die Filiale"), Choice("de", "Deutsch"), Choice("en", "English")),
        ),
        SettingRow("hand", "Hand", "right", (Choice("right", "Rechts"), Choice("left", "Links"))),
        SettingRow(
            "keycaps",
            "Tasten zeigen",
            "auto",
            (Choice("auto", "Von selbst"), Choice("on", "Immer"), Choice("off", "Nie")),
        ),
    ),
    can_undo=True,
)
DEVICES = (
    DeviceRow(
        "sync", "cloud-upload", "Übertragung", "Bons gehen an die Zentrale", "Übertragen", "ok"
    ),
    DeviceRow(
        "printer",
        "printer",
        "Bondrucker",
        "Kein Papier. Papier einlegen; gedruckt wird dann von selbst.",
        "Kein Papier",
        "danger",
        "Testdruck",
    ),
    DeviceRow(
        "drawer",
        "cash",
        "Kassenlade",
        "Öffnet sich bei Barzahlung von selbst",
        "am Bondrucker",
        "muted",
        "Öffnen",
    ),
    DeviceRow(
        "scanner", "scan", "Scanner", "Jeder Scanner, der wie eine Tastatur tippt", "bereit", "ok"
    ),
    DeviceRow(
        "copy",
        "copy",
        "Zweite Kopie",
        "Journal auf einem zweiten Datenträger",
        "nicht eingerichtet",
        "warning",
    ),
)

JOINING = JoiningState(
    address="https://zentrale.example",
    code="7KQ4-M2XP",
    steps=(
        JoiningStep("check", "Code prüfen", "done"),
        JoiningStep("key", "Schlüssel erzeugen", "done"),
        JoiningStep("join", "Bei der Zentrale anmelden", "done"),
        JoiningStep("data", "Erste Daten laden", "running", "62 %"),
        JoiningStep("ready", "Bereit", "waiting"),
    ),
    percent=62,
    running=True,
)
JOINING_REFUSED = JoiningState(
    address="https://zentrale.example",
    code="7KQ4",
    code_error="Der Code ist zu kurz: er hat acht Zeichen. Noch einmal vom Zettel abtippen.",
)
