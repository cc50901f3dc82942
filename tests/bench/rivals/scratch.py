"""Other people's promotion engines, installed to be measured beside ours: each into a folder of the user's cache.

Nothing of them is a dependency of the product. What cannot be installed is said, and the bench goes on.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_MOST_SECONDS = 900

Json = dict[str, Any]


class NotThereError(Exception):
    """An engine cannot be installed or run here; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Rival:
    """An engine to be measured: how it is installed into a folder, and what runs it there on a file."""

    name: str
    version: str
    install: Callable[[Path, str], list[list[str]]]
    command: Callable[[Path], list[str]]

    def run(self, cases: list[Json], turns: int) -> list[Json]:
        """For each case the fastest of `turns` times in ms, the discount, and how often its database was asked."""
        folder = self._installed()
        with tempfile.TemporaryDirectory(prefix="tresen-bench-") as scratch:
            told = Path(scratch) / "cases.json"
            told.write_text(json.dumps({"cases": cases, "turns": turns}))
            answer = json.loads(_call([*self.command(folder), str(told)]))
        if answer["version"] != self.version:
            raise NotThereError(f"{answer['version']} is installed, not {self.version}")
        found: list[Json] = answer["found"]
        return found

    def _installed(self) -> Path:
        folder = _cache() / f"{self.name.replace('/', '-').removeprefix('@')}-{self.version}"
        complete = folder / "complete"
        if not complete.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            print(f"installing {self.name} {self.version} into {folder} …", file=sys.stderr)
            for command in self.install(folder, self.version):
                _call(command)
            complete.touch()
        return folder


def _cache() -> Path:
    place = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME")
    return (Path(place) if place else Path.home() / ".cache") / "tresen-bench"


def _call(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=_MOST_SECONDS
        )
    except FileNotFoundError:
        raise NotThereError(f"{command[0]} is not on this machine") from None
    except subprocess.TimeoutExpired:
        raise NotThereError(f"{command[0]} took longer than {_MOST_SECONDS} s") from None
    except subprocess.CalledProcessError as failed:
        said = (failed.stderr or failed.stdout).strip().splitlines() or ["it says nothing"]
        raise NotThereError(f"{Path(command[0]).name}: {said[-1][:200]}") from None
    return done.stdout


def _python(folder: Path) -> str:
    return str(folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))


def _by_pip(folder: Path, version: str) -> list[list[str]]:
    pip = [_python(folder), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return [
        [sys.executable, "-m", "venv", str(folder)],
        [*pip, "--retries", "1", f"django-oscar=={version}"],
    ]


def _by_npm(folder: Path, version: str) -> list[list[str]]:
    npm = ["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund"]
    packages = [f"@medusajs/{name}@{version}" for name in ("promotion", "framework")]
    return [[*npm, "--legacy-peer-deps", "--fetch-retries=1", *packages]]


OSCAR = Rival(
    "django-oscar",
    "4.2.1",
    _by_pip,
    lambda folder: [_python(folder), str(_HERE / "oscar_offers.py")],
)
MEDUSA = Rival(
    "@medusajs/promotion",
    "2.21.2",
    _by_npm,
    lambda folder: ["node", str(_HERE / "medusa_promotions.cjs"), str(folder)],
)
