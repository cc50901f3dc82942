"""The touch widgets: what they emit, and how they behave when something goes on around them."""

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from pos_client.kit.buttons import Button
from pos_client.kit.fields import Field
from pos_client.kit.focus import FocusRing
from pos_client.kit.labels import Label
from pos_client.kit.numpad import NumPad
from pos_client.kit.panels import Scroll, Sheet, Toast
from pos_client.kit.pull_up import PullUp
from pos_client.kit.rows import RowListModel
from pos_client.kit.scanner_keys import GAP_SECONDS, LONGEST, ScannerKeys


@dataclass(frozen=True)
class Row:
    key: int
    text: str


@pytest.fixture
def window(qtbot):
    widget = QWidget()
    widget.resize(800, 600)
    QVBoxLayout(widget)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def collected(signal):
    got = []
    signal.connect(lambda *values: got.append(values[0] if len(values) == 1 else values))
    return got


# --- rows ----------------------------------------------------------------------------------------


def rows_of(text):
    return [Row(ord(letter.casefold()), letter) for letter in text]


@pytest.fixture
def model(window):
    return RowListModel(lambda row: row.key, lambda row: row.text, window)


def test_a_list_model_keeps_qts_rules(model, qtmodeltester):
    qtmodeltester.check(model)
    for text in ("abc", "abXc", "aXc", "", "z", "abcdef", "AbcDef", "fedcba"):
        model.show(rows_of(text))
        assert [row.text for row in model.rows] == list(text)
    qtmodeltester.check(model)


def test_a_list_model_changes_only_what_differs(model):
    model.show(rows_of("abcd"))
    resets, inserted = collected(model.modelReset), collected(model.rowsInserted)
    removed, changed = collected(model.rowsRemoved), collected(model.dataChanged)
    model.show(rows_of("abCd"))
    assert [(one.row(), other.row()) for one, other, _ in changed] == [(2, 2)]
    model.show(rows_of("abCde"))
    assert [(first, last) for _, first, last in inserted] == [(4, 4)]
    model.show(rows_of("aCde"))
    assert [(first, last) for _, first, last in removed] == [(1, 1)]
    assert resets == []


# --- scanner -------------------------------------------------------------------------------------


class Typist:
    """Feeds keys to the detector at set times."""

    def __init__(self):
        self.keys = ScannerKeys()
        self.scans = collected(self.keys.scanned)
        self.overlong = []
        self.keys.overlong.connect(lambda: self.overlong.append(True))
        self.now = 100.0

    def type(self, text, gap):
        for sign in text:
            self.now += gap
            key = {"\r": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab}.get(sign, Qt.Key.Key_A)
            event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, sign)
            taken = self.keys._key(event, self.now)
        return taken


@pytest.mark.parametrize("end", ["\r", "\t"])
def test_quick_keys_with_an_end_key_are_a_scan(qapp, end):
    typist = Typist()
    assert typist.type(f"4012345000016{end}", GAP_SECONDS / 3)
    assert typist.scans == ["4012345000016"]


def test_what_a_person_types_is_no_scan(qapp):
    typist = Typist()
    assert not typist.type("4012345000016\r", GAP_SECONDS * 3)
    assert not typist.type("12\r", GAP_SECONDS / 3)
    typist.type("40123450", GAP_SECONDS / 3)
    assert not typist.type("\r", GAP_SECONDS * 10)
    assert typist.scans == []


def test_typing_before_a_scan_does_not_become_part_of_it(qapp):
    typist = Typist()
    typist.type("ho", 0.2)
    typist.now += 1
    typist.type("4012345000016\r", GAP_SECONDS / 3)
    assert typist.scans == ["4012345000016"]


def test_a_code_longer_than_any_is_said_and_not_given_on(qapp):
    typist = Typist()
    assert typist.type("1" * (LONGEST + 1) + "\r", 0.001)
    assert typist.scans == []
    assert typist.overlong == [True]
    typist.type("1" * LONGEST + "\r", 0.001)
    assert len(typist.scans) == 1


@pytest.mark.parametrize("form", ["TV1", "TV2"])
def test_the_code_of_a_voucher_is_longer_than_others(qapp, form):
    typist = Typist()
    code = f"{form}.".ljust(290, "x")
    typist.type(f"{code}\r", 0.001)
    assert typist.scans == [code]


def test_two_scans_in_a_row_are_two(qapp):
    typist = Typist()
    typist.type("4012345000016\r4012345000023\r", GAP_SECONDS / 3)
    assert typist.scans == ["4012345000016", "4012345000023"]


def test_the_second_end_key_of_a_scanner_means_nothing(qapp):
    typist = Typist()
    assert typist.type("4012345000016\r", GAP_SECONDS / 3)
    assert typist.type("\t", GAP_SECONDS / 3)
    assert typist.scans == ["4012345000016"]
    assert not typist.type("\r", GAP_SECONDS * 3)


def test_a_scan_leaves_nothing_in_the_field_it_was_typed_into(qtbot, window):
    edit = QLineEdit()
    window.layout().addWidget(edit)
    edit.setText("12")
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    keys = ScannerKeys()
    scans = collected(keys.scanned)
    window.windowHandle().installEventFilter(keys)
    for sign in "4012345000016":
        QTest.keyClick(window.windowHandle(), sign)
    assert edit.text() == "124012345000016"
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    assert scans == ["4012345000016"]
    assert edit.text() == "12"


# --- fields, pad, labels -------------------------------------------------------------------------


def test_escape_empties_a_field_before_it_leaves(qtbot, window, look):
    field = Field(look, "Suche", clearable=True)
    window.layout().addWidget(field)
    left = []
    field.escaped.connect(lambda: left.append(True))
    field.put("hose")
    field.complain("Das gibt es nicht.")
    QTest.keyClick(field.edit, Qt.Key.Key_Escape)
    assert field.text() == ""
    assert field.message.isHidden()
    assert left == []
    QTest.keyClick(field.edit, Qt.Key.Key_Escape)
    assert left == [True]


def test_what_is_wrong_with_a_field_is_said_to_a_reader_too(window, look):
    field = Field(look, "PLZ")
    window.layout().addWidget(field)
    field.complain("PLZ hat 5 Ziffern.")
    assert not field.message.isHidden()
    assert field.edit.accessibleDescription() == "PLZ hat 5 Ziffern."
    QTest.keyClick(field.edit, "1")
    assert field.message.isHidden()


def test_the_pad_types_digits_and_the_decimal_sign(qtbot, window, look):
    pad = NumPad(look, left=",", erase_name="löschen")
    window.layout().addWidget(pad)
    typed, erased = collected(pad.typed), []
    pad.erased.connect(lambda: erased.append(True))
    for sign in "7,0":
        QTest.mouseClick(pad.keys[sign], Qt.MouseButton.LeftButton)
    assert typed == ["7", ",", "0"]


def test_a_long_label_ends_with_an_ellipsis_and_says_all_to_a_reader(qtbot, window, look):
    label = Label(look, "")
    window.layout().addWidget(label)
    window.resize(200, 80)
    label.say("Ein sehr langer Name, der nirgends hineinpasst, auch nicht hier")
    qtbot.waitUntil(lambda: label.text().endswith("…"))
    assert label.accessibleName().endswith("hier")
    label.say("kurz")
    assert label.text() == "kurz"


# --- what lies over the page ---------------------------------------------------------------------


def test_a_sheet_is_left_by_escape_and_gives_the_focus_back(qtbot, window, look):
    button = Button(look, "Öffnen")
    window.layout().addWidget(button)
    sheet = Sheet(look, window, "Schließen")
    closed = []
    sheet.closed.connect(lambda: closed.append(True))
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    inner = Field(look, "Menge")
    sheet.open("Menge", inner)
    assert sheet.content is inner
    qtbot.waitUntil(inner.edit.hasFocus)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: closed == [True])
    assert sheet.isHidden()
    assert sheet.content is None
    qtbot.waitUntil(button.hasFocus)


def test_a_sheet_is_left_although_what_had_the_focus_is_gone(qtbot, window, look):
    button = Button(look, "Öffnen")
    window.layout().addWidget(button)
    sheet = Sheet(look, window, "Schließen")
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    sheet.open("Menge", Field(look, "Menge"))
    button.deleteLater()
    qtbot.waitUntil(lambda: not isValid(button))
    sheet.leave()
    qtbot.waitUntil(sheet.isHidden)


def test_a_tap_beside_a_sheet_closes_it_and_one_on_it_does_not(qtbot, window, look):
    sheet = Sheet(look, window, "Schließen")
    sheet.open("Menge", QWidget(), 300)
    QTest.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=QPoint(790, 300))
    assert not sheet.isHidden()
    QTest.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=QPoint(10, 300))
    qtbot.waitUntil(sheet.isHidden)


def test_a_toast_offers_a_way_back_once(qtbot, window, look):
    toast = Toast(look, window)
    done = []
    toast.say("gelöscht", "Zurückholen", lambda: done.append(True))
    assert toast.isVisible()
    QTest.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert done == [True]
    assert toast.isHidden()
    toast.say("gespeichert")
    assert toast.button.isHidden()


def test_keycaps_and_theme_change_at_once(qtbot, window, look):
    button = Button(look, "Bezahlen", "primary", key="+")
    window.layout().addWidget(button)
    with_key = button.sizeHint().width()
    look.use("dark", keycaps=False, left_handed=False, reduced_motion=True)
    assert button.sizeHint().width() < with_key
    assert look.color("background").name() == "#121413"


# --- focus ---------------------------------------------------------------------------------------


@pytest.fixture
def ring(window, look):
    return FocusRing(look, window)


def focus(qtbot, button):
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    return button


def shades_left_of(window, widget, far):
    """The colours of so many pixels left of the middle of a widget, the nearest first."""
    picture = window.grab().toImage()
    edge = widget.mapTo(window, QPoint(0, widget.height() // 2))
    return [picture.pixelColor(edge.x() - away, edge.y()).name() for away in range(1, far + 1)]


def test_the_ring_stands_two_pixels_outside_a_filled_button(qtbot, window, look, ring):
    window.layout().addWidget(focus_me := Button(look, "Bezahlen", "primary"))
    focus(qtbot, focus_me)
    ground = window.palette().window().color().name()
    accent = look.color("accent").name()
    assert shades_left_of(window, focus_me, 6) == [ground, ground, accent, accent, accent, ground]


@pytest.mark.parametrize("how", ["moved", "hidden", "deleted"])
def test_the_ring_goes_with_its_button(qtbot, window, look, ring, how):
    page = QWidget(window)
    page.setGeometry(100, 100, 200, 200)
    button = Button(look, "Weiter")
    button.setParent(page)
    button.setGeometry(50, 50, 100, 48)
    page.show()
    focus(qtbot, button)
    assert ring.geometry().topLeft() == QPoint(145, 145)
    if how == "moved":
        page.move(10, 10)
        assert ring.geometry().topLeft() == QPoint(55, 55)
        return
    page.hide() if how == "hidden" else page.deleteLater()
    qtbot.waitUntil(ring.isHidden)
    window.layout().addWidget(other := Button(look, "Zurück"))
    focus(qtbot, other)
    assert ring.isVisible()


def test_no_edge_cuts_the_ring_off_but_what_is_scrolled_away_has_none(qtbot, window, look, ring):
    scroll = Scroll()
    buttons = [Button(look, str(number)) for number in range(40)]
    for button in buttons:
        scroll.column.addWidget(button)
    window.layout().addWidget(scroll)
    margin = window.layout().contentsMargins().left()
    qtbot.waitUntil(lambda: buttons[0].mapTo(window, QPoint(0, 0)).x() == margin)
    accent = look.color("accent").name()
    focus(qtbot, buttons[0])
    assert shades_left_of(window, buttons[0], 5)[2:] == [accent] * 3
    scroll.verticalScrollBar().setValue(300)
    ground = window.palette().window().color().name()
    above = buttons[0].mapTo(window, QPoint(0, 0))
    assert above.y() < 0
    picture = window.grab().toImage()
    assert picture.pixelColor(2, 2).name() == ground


# --- pulled up -----------------------------------------------------------------------------------


@pytest.fixture
def sheet(window, look):
    window.resize(600, 800)
    sheet = PullUp(look, window, "Zurück")
    sheet.asked = collected(sheet.moved)
    sheet.moved.connect(lambda up: sheet.show_up(up=up))
    return sheet


def pull(handle, by):
    start = QPoint(handle.width() // 2, 4)
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=start)
    for part in (by // 2, by):
        at = handle.mapFromGlobal(handle.mapToGlobal(start) + QPoint(0, part))
        QTest.mouseMove(handle, at)
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=start + QPoint(0, by))


def test_a_strip_pulled_up_brings_the_sheet_and_a_twitch_does_not(qtbot, window, look, sheet):
    strip = QWidget(window)
    strip.setGeometry(0, 700, 600, 100)
    strip.show()
    sheet.add_handle(strip)
    pull(strip, -60)
    assert sheet.isHidden()
    pull(strip, -300)
    assert sheet.isVisible()
    assert sheet.panel.y() == 800 - 680
    assert sheet.asked == [False, True]


def test_a_tap_on_the_strip_brings_the_sheet_as_well(window, sheet):
    strip = QWidget(window)
    strip.setGeometry(0, 700, 600, 100)
    strip.show()
    sheet.add_handle(strip)
    pull(strip, 0)
    assert sheet.isVisible()


@pytest.mark.parametrize("way", ["button", "beside", "escape"])
def test_ways_to_push_the_sheet_down(qtbot, window, sheet, way):
    sheet.show_up(up=True)
    qtbot.waitUntil(sheet.back.hasFocus)
    if way == "button":
        sheet.back.click()
    elif way == "beside":
        QTest.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=QPoint(300, 50))
    else:
        QTest.keyClick(sheet.back, Qt.Key.Key_Escape)
    assert sheet.isHidden()
    assert sheet.asked == [False]


def test_the_sheet_slides_where_motion_is_wanted(qtbot, window, look, sheet):
    look.use("light", keycaps=True, left_handed=False)
    sheet.show_up(up=True)
    assert sheet.panel.y() == 800
    qtbot.waitUntil(lambda: sheet.panel.y() == 800 - 680)
    sheet.show_up(up=False)
    qtbot.waitUntil(sheet.isHidden)
