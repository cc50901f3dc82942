"""What is said of each device and connection: made of the states of status bar and printer."""

from __future__ import annotations

from dataclasses import dataclass

from pos_client.app.printing import PrinterState
from pos_client.features.status.state import StatusState
from pos_client.ports import Texts


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device or connection: `tone` as in the status bar, `action` the words on its button, empty for none."""

    key: str
    icon: str
    name: str
    detail: str
    state: str
    tone: str
    action: str = ""


def device_rows(
    words: Texts, status: StatusState, printer: PrinterState, *, sync_lives: bool = True
) -> tuple[DeviceRow, ...]:
    """All rows of the page; `sync_lives` says whether there is a process that uploads."""
    sync_detail = status.sync_detail or words.text("window.device_sync_detail")
    if not sync_lives:
        sync_detail = " ".join(
            words.text(f"error.sync_process_fails{part}") for part in ("", ".next")
        )

    def row(
        key: str, icon: str, state: str, tone: str, action: str = "", detail: str = ""
    ) -> DeviceRow:
        name = words.text(f"window.device_{key}")
        shown = detail or words.text(f"window.device_{key}_detail")
        return DeviceRow(key, icon, name, shown, state, tone, words.text(action) if action else "")

    sync_tone = status.sync_tone if sync_lives else "danger"
    at_printer, keyboard = (
        words.text("window.device_at_printer"),
        words.text("window.device_keyboard"),
    )
    printer_action = "window.printer_held" if printer.held else "window.printer_test"
    return (
        row("sync", "cloud-upload", status.sync_text, sync_tone, detail=sync_detail),
        row("printer", "printer", printer.text, printer.tone, printer_action, printer.detail),
        row("drawer", "cash", at_printer, "muted", "window.drawer_open"),
        row("scanner", "scan", keyboard, "muted"),
        row("copy", "copy", status.copy_text, status.copy_tone),
        row("fiscal", "shield-check", status.fiscal_text, status.fiscal_tone),
    )
