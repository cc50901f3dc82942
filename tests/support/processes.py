"""Processes of the product in tests: free ports, finding and killing them, and commands of `run.py`'s modules."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TILL = "pos_client.app.cli"
CENTRE = "central_server.app.cli"


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


_DISPLAYS = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}


def environment(home: Path, port: int, **more: str) -> dict[str, str]:
    """The environment of a demo installation in `home`, without a display."""
    return {
        **without_display(),
        "TRESEN_HOME": str(home),
        "TRESEN_PORT": str(port),
        "TRESEN_MODE": "demo",
        "PYTHONPATH": str(ROOT),
        **more,
    }


def without_display() -> dict[str, str]:
    """The environment of these tests, but neither with a display nor with the word to draw without one."""
    return {name: value for name, value in os.environ.items() if name not in _DISPLAYS}


def start(module: str, *words: str, env: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a command; its output is kept for `communicate`."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(module: str, *words: str, env: Mapping[str, str], seconds: float = 240) -> str:
    """Run a command that must succeed; what it printed."""
    process = start(module, *words, env=env)
    out, err = process.communicate(timeout=seconds)
    assert process.returncode == 0, f"{words}: status {process.returncode}\n{out}\n{err[-3000:]}"
    return out


def pids_of(marker: str, *needles: str) -> list[int]:
    """Processes whose environment names `marker` (a data directory) and whose command has all `needles`."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            around = (entry / "environ").read_bytes().decode(errors="replace")
            if f"TRESEN_HOME={marker}\0" in around and all(needle in command for needle in needles):
                found.append(int(entry.name))
    return found


def kill_all(marker: str, *needles: str) -> int:
    """`kill -9` for all of them; how many there were."""
    pids = pids_of(marker, *needles)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(pids)


@contextlib.contextmanager
def nothing_left(home: Path) -> Iterator[None]:
    """Whatever the block started for `home` is gone afterwards, also if it failed."""
    try:
        yield
    finally:
        deadline = time.monotonic() + 20
        while kill_all(str(home)) and time.monotonic() < deadline:
            time.sleep(0.05)
