"""What the page of devices shows: devices by what their workers saw, connections by the state of the status bar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from pos_client.features.devices.ports import DeviceSight
from pos_client.features.devices.state import DeviceRow, DevicesState
from pos_client.features.devices.words import ErrorTexts, device_rows, device_status
from pos_client.features.status.state import StatusState


def devices_state(
    words: ErrorTexts,
    sights: Sequence[DeviceSight],
    status: StatusState,
    zone: tzinfo,
    *,
    sync_lives: bool = True,
    tracing: bool = True,
    may_set_up: bool = False,
) -> DevicesState:
    """The whole page; `sync_lives` says whether there is a process that uploads."""
    worst = device_status(sights, words)
    connections = _connections(words, status, sync_lives=sync_lives)
    lost = next((row for row in connections if row.tone == "danger"), None)
    banner, tone = worst.sentence, worst.tone
    if lost is not None and tone != "danger":
        banner, tone = f"{lost.name}: {lost.detail}", "danger"
    return DevicesState(
        rows=(*device_rows(sights, words, zone), *connections),
        banner=banner,
        banner_tone=tone,
        trace=words.text("device.trace_on" if tracing else "device.trace_off"),
        tracing=tracing,
        may_set_up=may_set_up,
    )


def _connections(
    words: ErrorTexts, status: StatusState, *, sync_lives: bool
) -> tuple[DeviceRow, ...]:
    sync_detail = status.sync_detail or words.text("window.device_sync_detail")
    if not sync_lives:
        sync_detail = " ".join(
            words.text(f"error.sync_process_fails{part}") for part in ("", ".next")
        )
    sync_tone = status.sync_tone if sync_lives else "danger"
    parts = (
        ("sync", "cloud-upload", status.sync_text, sync_tone, sync_detail),
        ("copy", "copy", status.copy_text, status.copy_tone, ""),
        ("fiscal", "shield-check", status.fiscal_text, status.fiscal_tone, ""),
    )
    return tuple(
        DeviceRow(
            key,
            icon,
            words.text(f"window.device_{key}"),
            detail or words.text(f"window.device_{key}_detail"),
            state or words.text("device.word.absent"),
            tone,
        )
        for key, icon, state, tone, detail in parts
    )
