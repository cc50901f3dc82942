"""What the till needs of a receipt printer, and how it is told what is wrong.

Problems are `EnvironmentProblem`s. `printer_interrupted` means that a part of the job went out, so nobody but a person
at the printer knows what is on paper; each other code means that not a byte of the job was sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from shared.errors import EnvironmentProblem


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What a printer said of itself. `asked` is False where the line carries no answers: then nothing is known.

    `drawer_high` is the level at the drawer's connector; which one means open is the drawer's (`drawer_is_open`).
    """

    online: bool = True
    paper_low: bool = False
    paper_out: bool = False
    cover_open: bool = False
    fault: bool = False
    asked: bool = True
    drawer_high: bool = False

    def problem(self) -> EnvironmentProblem | None:
        """Why it does not print, None if it does."""
        if self.cover_open:
            return EnvironmentProblem("printer_cover_open")
        if self.paper_out:
            return EnvironmentProblem("printer_paper_out")
        if self.fault:
            return EnvironmentProblem("printer_fault")
        return None if self.online else EnvironmentProblem("printer_offline")


DrawerLevel = Literal["", "high", "low"]


def drawer_is_open(status: PrinterStatus, open_level: DrawerLevel) -> bool | None:
    """Whether the drawer at the printer is open; None where it has no sensor (empty level) or nobody was asked."""
    if not open_level or not status.asked:
        return None
    return status.drawer_high == (open_level == "high")


class Printer(Protocol):
    """A printer. Both methods wait for it, up to some ten seconds: never in the GUI thread."""

    def state(self) -> PrinterStatus:
        """Ask how it is: `printer_unreachable`, `printer_silent`, `printer_answer_unreadable` if that fails."""

    def print(self, job: bytes) -> None:
        """Put a job on paper; where the line carries answers, return when the printer confirmed it.

        Besides the problems of `state`: `printer_offline`, `printer_paper_out`, `printer_cover_open`, `printer_fault`,
        and `printer_interrupted` when it stopped in the middle.
        """
