"""How the devices are, up to the centre: what the till wrote down, whenever it changed.

Nothing depends on it. A centre that does not know it yet is told nothing until the next start.
"""

from __future__ import annotations

from pathlib import Path

import structlog
from pydantic import ValidationError

from pos_client.sync.ports import CentreRefusedError, Reporting
from shared.wire.devices import DeviceReports

log = structlog.get_logger()


class DeviceNews:
    """Sends the file at `path` when it is another one than was sent last."""

    def __init__(self, transport: Reporting, path: Path) -> None:
        self._transport = transport
        self._path = path
        self._sent = b""
        self._wanted = True

    def send(self) -> bool:
        """Send what is new, if anything is; whether something was. `EnvironmentProblem` as the transport's."""
        if not self._wanted:
            return False
        try:
            text = self._path.read_bytes()
            reports = DeviceReports.model_validate_json(text)
        except (OSError, ValidationError):
            return False
        if text == self._sent:
            return False
        try:
            self._transport.devices(reports)
        except CentreRefusedError as refusal:
            log.warning("device_news_refused", code=refusal.code)
            self._wanted = False
            return False
        self._sent = text
        return True
