"""Whatever can be pressed or typed into: it has a name, is large enough, and the keyboard gets there."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QListView, QPlainTextEdit, QWidget

from pos_client.app.screens.gallery import SIZES
from pos_client.app.screens.scenes import SCENES, Set
from pos_client.app.window.application import RESOURCES
from pos_client.features.customer_display.view import CustomerScreen
from pos_client.features.joining.view import JoiningView
from pos_client.kit.theme import load_tokens

CONTROLS = (QAbstractButton, QLineEdit, QListView, QPlainTextEdit)
TOUCH = 48


@pytest.fixture(params=["1366x768", "1024x768", "800x1280"])
def size(request):
    return SIZES[request.param]


@pytest.fixture(params=list(SCENES))
def scene(request, look, words, size):
    widget = SCENES[request.param](Set(look, words))
    widget.resize(*size)
    widget.show()
    for _ in range(3):
        QCoreApplication.processEvents()
    yield widget
    widget.close()
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def controls(scene):
    for widget in scene.findChildren(QWidget):
        if isinstance(widget, CONTROLS) and widget.isVisible() and widget.isEnabled():
            yield widget


def described(widget):
    return f"{type(widget).__name__} '{widget.accessibleName()}' {widget.size().toTuple()}"


def test_every_control_has_a_name_is_large_enough_reached_by_tab_and_inside(scene):
    """One test for all four: making a screen takes longer than looking at it."""
    wrong = []
    for widget in controls(scene):
        if not widget.accessibleName().strip():
            wrong.append(f"no name: {described(widget)}")
        button = isinstance(widget, QAbstractButton)
        if button and (widget.width() < TOUCH or widget.height() < TOUCH):
            wrong.append(f"too small: {described(widget)}")
        if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            wrong.append(f"not reached: {described(widget)}")
        if (
            button
            and not scrolled(widget, scene)
            and not scene.rect().contains(placed(widget, scene))
        ):
            wrong.append(f"outside: {described(widget)}")
    assert wrong == []
    assert request_is_busy(scene) or list(controls(scene))


def request_is_busy(scene):
    """Joining under way leaves nothing to do but to wait, and the customer's screen is only looked at."""
    return isinstance(scene, JoiningView | CustomerScreen)


def placed(widget, scene):
    corner = widget.mapTo(scene, widget.rect().topLeft())
    return widget.rect().translated(corner)


def scrolled(widget, scene):
    parent = widget.parentWidget()
    while parent is not None and parent is not scene:
        if parent.metaObject().className() in {"Scroll", "RowList"}:
            return True
        parent = parent.parentWidget()
    return False


# --- contrast ------------------------------------------------------------------------------------


def luminance(text):
    def linear(value):
        value /= 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(text[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("background", "surface")
TEXT_PAIRS = [
    *(
        (ink, ground)
        for ink in ("text", "text_muted", "accent", "saving", "warning", "danger")
        for ground in GROUNDS
    ),
    ("accent", "accent_soft"),
    ("text", "accent_soft"),
    ("text_muted", "surface_2"),
    ("accent_text", "accent"),
    ("accent_text", "accent_hover"),
    ("accent_text", "accent_pressed"),
    ("saving", "saving_soft"),
    ("warning", "warning_soft"),
    ("danger", "danger_soft"),
    ("toast_text", "toast"),
]


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
def test_text_can_be_read(name):
    colours = load_tokens(RESOURCES / "design/tokens.toml").themes[name].colours
    least = 7 if name == "contrast" else 4.5
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in TEXT_PAIRS}
    assert {pair: round(value, 2) for pair, value in weak.items() if value < least} == {}


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
def test_the_edges_of_controls_can_be_seen(name):
    colours = load_tokens(RESOURCES / "design/tokens.toml").themes[name].colours
    least = 4.5 if name == "contrast" else 3
    for ground in GROUNDS:
        assert contrast(colours["border_strong"], colours[ground]) >= least
        assert contrast(colours["accent"], colours[ground]) >= least
