"""A centre on this machine for replay and demo: its commands and its server, as processes, spoken to over HTTP.

The till's code never imports the centre's; here it starts it by name, as a person would.
"""

from __future__ import annotations

import codecs
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from pos_client.runtime.clock import sleep
from pos_client.sync.transport import centre_is_alive
from shared.errors import EnvironmentProblem

_MODULE = "central_server.app.cli"
_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60.0
_STEP_SECONDS = 0.1
_CHUNK = 65_536
_HOST = "127.0.0.1"
DEFAULT_PORT = 8400


class LocalCentre:
    """The centre of `TRESEN_HOME` (or `TRESEN_DATABASE_URL`). In demo mode unless the environment says otherwise."""

    def __init__(self, home: Path, port: int) -> None:
        self.url = f"http://{_HOST}:{port}"
        self._port = port
        self._home = home
        self._environment = {
            "TRESEN_MODE": "demo",
            **os.environ,
            "TRESEN_HOME": str(home.resolve()),
        }
        self._server: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str, show_progress: bool = False) -> str:
        """Run one of the centre's commands; what it printed. Its progress goes to this process's stderr if wanted.

        `EnvironmentProblem('centre_command_failed')` with its last line if it failed.
        """
        with (
            tempfile.TemporaryFile() as printed,
            subprocess.Popen(
                [sys.executable, "-m", _MODULE, *arguments],
                cwd=_ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.PIPE,
            ) as process,
        ):
            complaint = _heard(process, show=show_progress)
            status = process.wait()
            printed.seek(0)
            answer = printed.read().decode("utf-8", errors="replace")
        if status != 0:
            said = _last_line(complaint) or _last_line(answer) or f"status {status}"
            raise EnvironmentProblem(
                "centre_command_failed", {"command": arguments[0], "said": said[:300]}
            )
        return answer

    def start(self) -> bool:
        """Make sure that the server answers; whether it was started here.

        `EnvironmentProblem('centre_port_taken')` if something else listens there, `('centre_not_starting')`.
        """
        if centre_is_alive(self.url):
            return False
        if _is_taken(self._port):
            raise EnvironmentProblem("centre_port_taken", {"url": self.url})
        self._home.mkdir(parents=True, exist_ok=True)
        log = (self._home / "server.log").open("ab")
        with log:
            self._server = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    _MODULE,
                    "server",
                    "--host",
                    _HOST,
                    "--port",
                    str(self._port),
                ],
                cwd=_ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait_until_alive()
        return True

    def keep_alive(self) -> None:
        """Start the server again if it was started here and died."""
        if self._server is not None and self._server.poll() is not None:
            self._server = None
            self.start()

    def stop(self) -> None:
        """End the server if it was started here; what it accepted is on disk."""
        if self._server is None:
            return
        if self._server.poll() is None:
            self._server.send_signal(signal.SIGTERM)
            try:
                self._server.wait(20)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        self._server = None

    def _wait_until_alive(self) -> None:
        waited = 0.0
        while not centre_is_alive(self.url):
            ended = self._server is None or self._server.poll() is not None
            if ended or waited > _START_SECONDS:
                raise EnvironmentProblem(
                    "centre_not_starting", {"log": str(self._home / "server.log")}
                )
            sleep(_STEP_SECONDS)
            waited += _STEP_SECONDS


def _heard(process: subprocess.Popen[bytes], *, show: bool) -> str:
    """The end of what a process says on its stderr; passed on as it comes if it is to be shown."""
    assert process.stderr is not None  # noqa: S101 - opened as a pipe above
    decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
    said = ""
    while chunk := os.read(process.stderr.fileno(), _CHUNK):
        text = decode(chunk)
        if show:
            sys.stderr.write(text)
            sys.stderr.flush()
        said = (said + text)[-_CHUNK:]
    return said


def _last_line(text: str) -> str:
    """The last line that says something. Progress may stand before it without a line's end."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].rpartition("tresen: ")[2].strip() if lines else ""


def home_and_port() -> tuple[Path, int]:
    """`TRESEN_HOME` (default `var`) and `TRESEN_PORT` (8400)."""
    text = os.environ.get("TRESEN_PORT", str(DEFAULT_PORT))
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise EnvironmentProblem("port_invalid", {"value": text[:20]})
    return Path(os.environ.get("TRESEN_HOME", "var")).resolve(), int(text)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((_HOST, port)) == 0
