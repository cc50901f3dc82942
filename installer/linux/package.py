"""Makes the till's folder for Linux with PyInstaller, and shows that it sells where nothing is installed.

``python3 run.py package`` runs it. The folder ``dist/tresen`` needs no Python: ``dist/tresen/tresen till …``. As root
on Debian it is then started in a bare root (debootstrap, minbase): the till in there joins a centre that runs out here,
rings up one receipt without a window, and the centre has it. Elsewhere that step is left out, and said to be.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

from installer.compiled import build as build_engine

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
STORE, TILL, CASHIER, PIN = "DE01", "DE01-T9", "102", "493817"
HIDDEN = (
    "pos_client.app.replay",
    "pos_client.app.demo",
    "pos_client.app.screens",
    "pos_client.sync.process",
)
LEFT_OUT = (
    "central_server",
    "tkinter",
    "pytest",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtDesigner",
)
# What PyInstaller brings along and no till uses: other languages' dates and numbers, Qt's own dialogs, GNOME's look.
UNUSED = (
    "babel/locale-data/*.dat",
    "PySide6/Qt/translations/*",
    "PySide6/Qt/plugins/platformthemes/*",
    "libgtk-3.so.0",
    "libgdk-3.so.0",
)
KEPT = re.compile(r"(root|de|en)(_\w+)?\.dat")
WAIT_SECONDS = 60


def main() -> int:
    """Build, try, and say where the folder is."""
    parser = argparse.ArgumentParser(prog="run.py package", description="Make the till's folder.")
    parser.add_argument("--no-try", action="store_true", help="do not start it in a bare root")
    options = parser.parse_args()
    build()
    thin()
    files = (path.lstat() for path in DIST.glob("tresen/**/*"))
    size = sum(file.st_size for file in files if stat.S_ISREG(file.st_mode))
    say(f"dist/tresen: {size / 1_000_000:.0f} MB")
    if options.no_try:
        return 0
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("debootstrap")):
        say("not tried in a bare root: that needs root and debootstrap")
        return 0
    return try_in_bare_root()


def say(line: str) -> None:
    """Progress, on stderr."""
    sys.stderr.write(f"package: {line}\n")


def build() -> None:
    """PyInstaller's one folder with the resources beside the modules, the promotion engine compiled."""
    say("compiling the promotion engine …")
    compiled = ROOT / "build/compiled"
    library = build_engine(compiled)
    say("building with PyInstaller …")
    command = [
        sys.executable,
        "-m",
        "PyInstaller",
        "--noconfirm",
        "--clean",
        "--log-level",
        "ERROR",
    ]
    command += ["--name", "tresen", "--distpath", str(DIST), "--workpath", str(ROOT / "build")]
    command += ["--specpath", str(ROOT / "build"), "--add-data", f"{ROOT / 'resources'}:resources"]
    for module in ("pos_client", "shared"):
        command += ["--collect-submodules", module]
    for module in (*HIDDEN, library):
        command += ["--hidden-import", module]
    for module in ("biip", "escpos", "babel", "tzdata"):
        command += ["--collect-data", module]
    for module in LEFT_OUT:
        command += ["--exclude-module", module]
    command += ["--paths", str(compiled)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (compiled, ROOT)))}
    entry = ROOT / "installer/linux/entry.py"
    subprocess.run([*command, str(entry)], check=True, cwd=ROOT, env=environment)


def thin() -> None:
    """Take out what no till uses."""
    for pattern in UNUSED:
        for path in (DIST / "tresen/_internal").glob(pattern):
            if not KEPT.fullmatch(path.name):
                path.unlink()


# --- the bare root -------------------------------------------------------------------------------


def try_in_bare_root() -> int:
    """Sell once in there; the exit status."""
    with tempfile.TemporaryDirectory(prefix="tresen-root-") as folder:
        root = Path(folder) / "root"
        say("making a bare Debian root …")
        subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", str(root), mirror()],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        shutil.copytree(DIST / "tresen", root / "opt/tresen", symlinks=True)
        home = Path(folder) / "home"
        with Centre(home) as centre:
            return sell(root, centre)


def mirror() -> str:
    """Where this machine gets its own packages from."""
    for file in Path("/etc/apt/sources.list.d").glob("*.sources"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("URIs:"):
                return line.split()[1]
    for line in Path("/etc/apt/sources.list").read_text(encoding="utf-8").splitlines():
        if line.startswith("deb "):
            return line.split()[1]
    raise SystemExit("package: no Debian mirror in /etc/apt")


class Centre:
    """The demo chain's centre on loopback while it is needed."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            "TRESEN_HOME": str(home),
            "PYTHONPATH": str(ROOT),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        say("loading the demo chain and starting its centre …")
        self.command("demo", "load", "--days", "1")
        server = [
            sys.executable,
            "-m",
            "central_server.app.cli",
            "server",
            "--port",
            str(self.port),
        ]
        self._process = subprocess.Popen(server, env=self._environment, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.2)
        raise SystemExit("package: the centre did not start")

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)

    def command(self, *words: str) -> str:
        """Run a command of the centre and return what it printed."""
        command = [sys.executable, "-m", "central_server.app.cli", *words]
        return subprocess.check_output(command, env=self._environment, encoding="utf-8")


def sell(root: Path, centre: Centre) -> int:
    """Join the till in the root to the centre, ring up, send; 0 if the centre then has the receipt."""
    chroot = ["chroot", str(root), "/usr/bin/env", "-i", "LANG=C.UTF-8", "/opt/tresen/tresen"]
    code = centre.command("till-code", "--store", STORE, "--till", TILL).strip().split()[-1]
    joined = [*chroot, "provision", "--data", "/var/till", "--server", centre.url, "--code", code]
    subprocess.run(joined, check=True)
    found = first_article(chroot)
    sale = [
        {"do": "login", "staff": CASHIER, "pin": PIN},
        {"do": "open_shift", "float": "100"},
        {"do": "add", "code": found},
        {"do": "tender"},
        {"do": "finish"},
        {"do": "wait_synced", "timeout_s": WAIT_SECONDS, "booked": True},
    ]
    answers = talk(chroot, sale)
    finished = next((a for a in answers if a.get("event") == "finished"), None)
    booked = any(answer.get("event") == "synced" for answer in answers)
    if finished is None or not booked:
        say(f"the till in the bare root did not sell: {answers[-1]}")
        return 1
    receipt = finished["receipt"]
    say(
        f"sold in a bare Debian root: receipt {receipt['number']}, {receipt['total']} cents, booked"
    )
    return 0


def first_article(chroot: list[str]) -> str:
    """Wait until the till in the root has its first data; a sku of it."""
    command = [*chroot, "till", "--headless", "--data", "/var/till"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as till:
        if till.stdin is None or till.stdout is None:
            raise SystemExit("package: the till in the bare root cannot be talked to")
        till.stdout.readline()
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            till.stdin.write(json.dumps({"do": "search", "text": "hemd"}) + "\n")
            till.stdin.flush()
            answer = json.loads(till.stdout.readline())
            if answer.get("articles"):
                till.stdin.close()
                till.stdout.read()
                return str(answer["articles"][0]["sku"])
            time.sleep(1)
    raise SystemExit("package: the till in the bare root got no articles")


def talk(chroot: list[str], intents: list[dict[str, object]]) -> list[dict[str, object]]:
    """Hand intents to the till in the root and return its answers."""
    lines = "".join(json.dumps(intent) + "\n" for intent in intents)
    command = [*chroot, "till", "--headless", "--data", "/var/till"]
    done = subprocess.run(command, input=lines, capture_output=True, encoding="utf-8", check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    sys.exit(main())
