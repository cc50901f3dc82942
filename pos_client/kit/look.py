"""How everything looks now: theme, fonts, icons. Widgets take one `Look` and repaint when it changes."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from pos_client.kit.photos import Photos
from pos_client.kit.theme import Theme, Tokens, load_tokens

_SYMBOL = re.compile(r'<symbol id="([^"]+)" viewBox="([^"]+)">(.*?)</symbol>', re.DOTALL)
_PROPORTIONAL_FROM = 48
FAMILY = "Inter"


class Look(QObject):
    """`photos` are those of goods, `keycaps` shows keys beside buttons, `left_handed` mirrors the sale,
    `reduced_motion` stops all animation.
    """

    changed = Signal()

    def __init__(self, resources: Path, theme: str = "light") -> None:
        super().__init__()
        for file in sorted((resources / "fonts/inter").glob("*.ttf")):
            QFontDatabase.addApplicationFont(str(file))
        self._resources = resources
        self.photos = Photos(self)
        self._icons = _symbols(resources / "icons/tabler/outline.svg")
        self._drawings = _symbols(resources / "icons/garments/garments.svg")
        self._style = (resources / "design/till.qss").read_text(encoding="utf-8")
        self.tokens: Tokens = load_tokens(resources / "design/tokens.toml")
        self.theme: Theme = self.tokens.themes[theme]
        self.keycaps = True
        self.left_handed = False
        self.reduced_motion = False
        self._colours: dict[str, QColor] = {}
        self._pixmap = lru_cache(maxsize=512)(self._draw)

    def use(
        self, theme: str, *, keycaps: bool, left_handed: bool, reduced_motion: bool = False
    ) -> None:
        """Take a look and tell everybody. An unknown theme raises `KeyError`."""
        self.theme = self.tokens.themes[theme]
        self.keycaps, self.left_handed = keycaps, left_handed
        self.reduced_motion = reduced_motion
        self.apply()

    def apply(self) -> None:
        """Give the application its font, palette and style sheet."""
        self._colours.clear()
        self._pixmap.cache_clear()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setFont(self.font("body"))
            app.setPalette(self._palette())
            app.setStyleSheet(self._sheet())
        self.changed.emit()

    def color(self, name: str) -> QColor:
        """A colour of the theme."""
        found = self._colours.get(name)
        if found is None:
            text = self.theme.colours[name]
            found = QColor(text[:7])
            if len(text) == len("#RRGGBBAA"):
                found.setAlpha(int(text[7:], 16))
            self._colours[name] = found
        return found

    def font(self, size: str, weight: str = "regular") -> QFont:
        """The type of a size and weight by name; figures have one width up to 40 px, above their own."""
        px = self.tokens.sizes.type[size]
        font = QFont(FAMILY)
        font.setPixelSize(px)
        font.setWeight(QFont.Weight(self.tokens.sizes.weights[weight]))
        if px < _PROPORTIONAL_FROM:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def pixmap(self, icon: str, size: int, colour: str = "text") -> QPixmap:
        """An icon (24 grid) in a colour of the theme. An unknown name raises `KeyError`."""
        return self._pixmap(icon, size, colour, QGuiApplication.primaryScreen().devicePixelRatio())

    def drawing(self, name: str, size: int) -> QPixmap:
        """A drawing of goods (48 grid); an unknown name draws a box."""
        found = name if name in self._drawings else "box"
        ratio = QGuiApplication.primaryScreen().devicePixelRatio()
        return self._pixmap(f"goods:{found}", size, "accent", ratio)

    def _draw(self, name: str, size: int, colour: str, ratio: float) -> QPixmap:
        goods = name.startswith("goods:")
        box, body = self._drawings[name.removeprefix("goods:")] if goods else self._icons[name]
        width = 1.5 if goods else (2 if size <= 16 else 1.75)
        pen = self.color(colour).name()
        body = body.replace('class="fill"', f'fill="{self.color("accent_soft").name()}"')
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" fill="none" stroke="{pen}"'
            f' stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round">{body}</svg>'
        )
        pixmap = QPixmap(round(size * ratio), round(size * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
        painter.end()
        return pixmap

    def _sheet(self) -> str:
        text = self._style
        for name in sorted(self.theme.colours, key=len, reverse=True):
            text = text.replace(f"@{name};", f"{self.theme.colours[name][:7]};")
        return text

    def _palette(self) -> QPalette:
        palette = QPalette()
        roles = QPalette.ColorRole
        for role, name in (
            (roles.Window, "background"),
            (roles.Base, "surface"),
            (roles.AlternateBase, "surface_2"),
            (roles.Button, "surface"),
            (roles.Text, "text"),
            (roles.WindowText, "text"),
            (roles.ButtonText, "text"),
            (roles.PlaceholderText, "text_muted"),
            (roles.Highlight, "accent"),
            (roles.HighlightedText, "accent_text"),
            (roles.ToolTipBase, "toast"),
            (roles.ToolTipText, "toast_text"),
            (roles.Mid, "border"),
        ):
            palette.setColor(role, self.color(name))
        disabled = QPalette.ColorGroup.Disabled
        for role in (roles.Text, roles.WindowText, roles.ButtonText):
            palette.setColor(disabled, role, self.color("text_disabled"))
        return palette


def _symbols(path: Path) -> dict[str, tuple[str, str]]:
    text = path.read_text(encoding="utf-8")
    return {name: (box, body) for name, box, body in _SYMBOL.findall(text)}
