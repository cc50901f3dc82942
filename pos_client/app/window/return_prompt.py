"""Why goods come back, and where in the shop they are put: the reason proposes a place, a person may choose another."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from pos_client.app.window.prompts import Asking
from pos_client.kit.buttons import Button
from pos_client.kit.choices import Segments
from pos_client.kit.fields import Field
from pos_client.kit.labels import Label
from pos_client.kit.look import Look
from pos_client.ports import Texts
from shared.basket import StockArea

# Where goods go that come back for these reasons, unless somebody says otherwise.
REASONS = {
    "size": StockArea.SALE,
    "dislike": StockArea.SALE,
    "damaged": StockArea.SECONDS,
    "defect": StockArea.QUARANTINE,
}


class ReturnPrompt(Asking):
    """`given` gives the reason and the name of the area. A proposed reason is one tap."""

    given = Signal(str, str)

    def __init__(self, look: Look, words: Texts) -> None:
        super().__init__()
        self._chosen = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        caption = words.text("window.return_reason")
        self.field = Field(look, caption, hint=caption)
        column.addWidget(self.field)
        self.buttons: dict[str, Button] = {}
        for name, area in REASONS.items():
            text = words.text(f"window.return_{name}")
            where = words.text(f"window.area_{area}")
            button = Button(look, f"{text} · {where}", name=f"{text}, {where}")
            button.align = Qt.AlignmentFlag.AlignLeft
            button.clicked.connect(
                lambda _on=False, text=text, area=area: self._give(text, str(area))
            )
            column.addWidget(button)
            self.buttons[name] = button
        column.addSpacing(4)
        column.addWidget(Label(look, words.text("window.return_area"), size="small", tone="muted"))
        self.areas = Segments(
            look,
            words.text("window.return_area"),
            [(str(area), words.text(f"window.area_{area}")) for area in StockArea],
        )
        self.areas.chosen.connect(self._choose)
        column.addWidget(self.areas)
        column.addStretch(1)
        self.accept = Button(
            look, words.text("window.take_over"), "primary", key="Enter", large=True
        )
        self.accept.clicked.connect(lambda: self._give(self.field.text(), ""))
        column.addWidget(self.accept)
        self.field.submitted.connect(lambda text: self._give(text, ""))
        self.setFocusProxy(self.field.edit)

    def _choose(self, area: str) -> None:
        self._chosen = area

    def _give(self, text: str, proposed: str) -> None:
        if self._first():
            self.given.emit(text, self._chosen or proposed)
