"""A till without a window as a process: intents in, outcomes out, over its standard input and output."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from shared.errors import DomainError, EnvironmentProblem

_ROOT = Path(__file__).resolve().parents[3]


class HeadlessTill:
    """Starts `tresen till --headless`. Logs of till and sync go to `log`."""

    def __init__(self, data: Path, log: IO[bytes]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pos_client.app.cli", "till", "--headless", "--data", str(data)],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
        )
        self._answer()

    def do(self, intent: str, **given: object) -> Mapping[str, Any]:
        """Perform an intent; its outcome.

        `DomainError` or `EnvironmentProblem` as the till answered, `EnvironmentProblem('till_ended')` if it is gone.
        """
        assert self._process.stdin is not None  # noqa: S101 - opened as a pipe above
        try:
            self._process.stdin.write(
                json.dumps({"do": intent, **given}, ensure_ascii=False) + "\n"
            )
            self._process.stdin.flush()
        except OSError:
            raise EnvironmentProblem("till_ended") from None
        outcome = self._answer()
        if outcome["event"] == "error":
            family = DomainError if outcome["kind"] == "refused" else EnvironmentProblem
            raise family(outcome["code"], outcome["params"])
        return outcome

    def close(self) -> None:
        """Let it end in order."""
        assert self._process.stdin is not None  # noqa: S101 - opened as a pipe above
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._process.kill()
        self._process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101 - opened as a pipe above
        line = self._process.stdout.readline()
        if not line:
            raise EnvironmentProblem("till_ended")
        outcome: dict[str, Any] = json.loads(line)
        return outcome
