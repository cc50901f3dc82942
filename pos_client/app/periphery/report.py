"""How the devices are, as a file: the till writes it, the process that speaks with the centre reads and sends it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pos_client.features.devices.ports import DeviceSight
from pos_client.storage.paths import write_atomically
from shared.errors import EnvironmentProblem
from shared.wire.devices import DeviceReport, DeviceReports


def report_of(sights: Iterable[DeviceSight]) -> DeviceReports:
    """What the centre is told: kinds, conditions and codes, no address and nothing that was read."""
    return DeviceReports(
        devices=[
            DeviceReport(
                kind=str(sight.kind),
                condition=sight.condition,
                code=sight.code[:60],
                since=sight.since,
            )
            for sight in sights
            if sight.condition != "absent" and sight.since is not None
        ]
    )


def write_report(path: Path, sights: Iterable[DeviceSight]) -> None:
    """Write it; `EnvironmentProblem('settings_unwritable')` if the disk refuses."""
    try:
        write_atomically(path, report_of(sights).model_dump_json().encode("utf-8"))
    except OSError as error:
        raise EnvironmentProblem(
            "settings_unwritable", {"file": str(path), "detail": str(error)[:120]}
        ) from error
