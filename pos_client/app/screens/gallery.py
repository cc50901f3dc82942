"""Draws scenes into pictures, the same ones on every machine: own fonts, Fusion, no animation, scale 1."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QLineEdit

from pos_client.app.screens.scenes import SCENES, Set
from pos_client.app.translations import TillTexts
from pos_client.app.window.application import RESOURCES
from pos_client.kit.look import Look

SIZES = {
    "1366x768": (1366, 768),
    "1024x768": (1024, 768),
    "1920x1080": (1920, 1080),
    "1280x800": (1280, 800),
    "800x1280": (800, 1280),
}
# Every scene at the till's own size; the screens that lay themselves out anew at all others; and each once dark, in
# high contrast, in English and for the left hand.
# Sheets that people fill in or choose from, as a tablet has them.
_SHEETS = (
    "pay-purses",
    "sale-customer-balance",
    "sale-customer-new-refused",
    "sale-customer-said",
    "sale-customers-found",
    "sale-return-reason",
    "sale-value",
)
_EVERYWHERE = ("sale", "sale-empty", "sale-promotions", "pay", "login", "shift-count", "devices")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: a scene, a size, a theme, a language and a hand."""

    scene: str
    size: str = "1366x768"
    theme: str = "light"
    language: str = "de"
    left_handed: bool = False

    @property
    def name(self) -> str:
        """The name of its file, without the ending."""
        hand = "-left" if self.left_handed else ""
        return f"{self.scene}/{self.size}-{self.theme}-{self.language}{hand}"


def shots() -> Iterator[Shot]:
    """All pictures of the gallery."""
    for scene in SCENES:
        yield Shot(scene)
        yield Shot(scene, theme="dark")
        yield Shot(scene, language="en")
        if scene in _EVERYWHERE:
            for size in SIZES:
                if size != "1366x768":
                    yield Shot(scene, size)
            yield Shot(scene, theme="contrast")
    yield Shot("sale", left_handed=True)
    yield Shot("sale-variants", "800x1280")
    yield Shot("sale-receipt", "800x1280")
    yield Shot("sale-promotions-receipt", "800x1280")
    yield Shot("sale-why", "800x1280")
    yield Shot("pay-means", "800x1280")
    yield Shot("sale-why", "1024x768")
    for scene in _SHEETS:
        for size in ("1280x800", "800x1280"):
            yield Shot(scene, size)
            yield Shot(scene, size, theme="dark")
    for scene in ("pay-split", "pay-terminal", "pay-unknown", "pay-gift-balance", "pay-decide"):
        yield Shot(scene, "1024x768")
        yield Shot(scene, "800x1280")


def application() -> QApplication:
    """The one application of this process, drawing as the pictures need it."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["tresen"])
    app.setStyle("Fusion")
    return app


def draw(look: Look, shot: Shot) -> QPixmap:
    """One picture."""
    look.use(shot.theme, keycaps=True, left_handed=shot.left_handed, reduced_motion=True)
    widget = SCENES[shot.scene](Set(look, TillTexts(shot.language, "DE", "EUR")))
    widget.resize(*SIZES[shot.size])
    widget.show()
    widget.activateWindow()
    search = widget.findChild(QLineEdit)
    if search is not None and search.isVisible():
        search.setFocus()
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    picture = widget.grab()
    widget.close()
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return picture


def draw_gallery(folder: Path, only: str, say: Callable[[str], object]) -> int:
    """Draw every picture below `folder`, and the page that shows them all; how many there are."""
    application()
    look = Look(RESOURCES)
    drawn = []
    for shot in shots():
        if only and only not in shot.name:
            continue
        path = folder / f"{shot.name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        draw(look, shot).save(str(path))
        drawn.append(shot)
        say(shot.name)
    (folder / "index.html").write_text(_page(drawn), encoding="utf-8")
    return len(drawn)


def _page(drawn: list[Shot]) -> str:
    parts = [
        "<!doctype html><html lang=de><meta charset=utf-8><title>Tresen: Bildschirme</title>",
        "<style>body{font:16px sans-serif;margin:24px;background:#f6f5f2;color:#1b1c1a}",
        "figure{display:inline-block;margin:0 16px 24px 0;vertical-align:top}",
        "img{width:640px;border:1px solid #dedbd3}figcaption{font-size:14px;color:#5f5d57}</style>",
        "<h1>Tresen: Bildschirme der Kasse</h1>",
    ]
    scene = ""
    for shot in drawn:
        if shot.scene != scene:
            scene = shot.scene
            parts.append(f"<h2 id='{html.escape(scene)}'>{html.escape(scene)}</h2>")
        name = html.escape(shot.name)
        parts.append(
            f"<figure><a href='{name}.png'><img loading=lazy src='{name}.png' alt='{name}'></a>"
            f"<figcaption>{name}</figcaption></figure>"
        )
    return "\n".join(parts) + "\n</html>\n"
