"""What a terminal or the centre is doing about a payment, in the place of the amount: one thing, with ways on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_client.features.payment.bill_view import ICONS
from pos_client.features.payment.state import StepAction, StepState
from pos_client.kit.buttons import Button
from pos_client.kit.labels import Label, Picture
from pos_client.kit.look import Look
from pos_client.kit.panels import Ground, clear_layout

_TROUBLE = {"warning": "help", "danger": "circle-x", "saving": "circle-check"}


class StepPanel(QWidget):
    """`acted` gives the key of the button that was pressed. Buttons stay where they are as long as they are the same:
    a terminal's words come while a finger is on its way.
    """

    acted = Signal(str)

    def __init__(self, look: Look, margin: int = 0) -> None:
        super().__init__()
        self._look = look
        self._actions: tuple[StepAction, ...] = ()
        self.buttons: dict[str, Button] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(12)
        column.addStretch(1)
        self.picture = Picture(
            look, "credit-card", 40, "accent", ground="accent_soft", ground_size=96
        )
        column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        self.title = self._label("title", "semibold")
        self.amount = self._label("total", "semibold")
        column.addWidget(self.title)
        column.addWidget(self.amount)
        self.display = Ground(look, "surface_2", 10)
        self.display.setMinimumHeight(88)
        inside = QVBoxLayout(self.display)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(4)
        self.said_caption = self._label("caption", tone="muted")
        self.said = self._label("large", "medium", wrap=True)
        inside.addWidget(self.said_caption)
        inside.addWidget(self.said, 1)
        column.addWidget(self.display)
        self.text = self._label("body", wrap=True)
        self.what_next = self._label("small", tone="muted", wrap=True)
        column.addWidget(self.text)
        column.addWidget(self.what_next)
        column.addStretch(2)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        column.addLayout(self._row)

    def _label(
        self, size: str, weight: str = "regular", *, tone: str = "text", wrap: bool = False
    ) -> Label:
        label = Label(self._look, "", size=size, weight=weight, tone=tone, wrap=wrap)  # type: ignore[arg-type]
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        return label

    def show_step(self, step: StepState) -> None:
        """Show a step."""
        icon = _TROUBLE.get(step.tone, ICONS[step.means])
        ground = f"{step.tone}_soft"
        self.picture.show_as(icon, step.tone, ground)
        for label, text in (
            (self.title, step.title),
            (self.amount, step.amount),
            (self.said_caption, step.said_caption),
            (self.said, step.said),
            (self.text, step.text),
            (self.what_next, step.what_next),
        ):
            label.say(text)
            label.setVisible(bool(text))
        self.display.setVisible(bool(step.said_caption))
        self.said.setVisible(bool(step.said_caption))
        self._show_actions(step.actions)

    def _show_actions(self, actions: tuple[StepAction, ...]) -> None:
        if actions == self._actions:
            return
        self._actions, self.buttons = actions, {}
        clear_layout(self._row)
        for action in actions:
            button = Button(self._look, action.text, action.kind, key=action.sign, large=True)
            button.font_size = "body"
            button.clicked.connect(lambda _on=False, key=action.key: self.acted.emit(key))
            self._row.addWidget(button, 1)
            self.buttons[action.key] = button
            # A child of a page that is shown already is shown only with the next turn: until then it takes no focus.
            button.show()
        self.take_focus()

    def take_focus(self) -> None:
        """Keys go to the way on that is meant, or to the only one."""
        first = next((each.key for each in self._actions if each.kind == "primary"), "")
        chosen = self.buttons.get(first) or next(iter(self.buttons.values()), None)
        if chosen is not None:
            chosen.setFocus()
