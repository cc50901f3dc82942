"""The whole test run as a table of parts, in the order of CI: cheap and narrow ones first.

``python3 run.py test`` starts it. It knows folders and tools, and nothing of what the tests test.
A part whose folders hold no test yet is left out; the first part that fails ends the run.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEASURED = ROOT / "docs" / "measured.md"
SUMMARY = re.compile(r"(?:=+ )?(?:no tests ran|\d+ \w+(?:, \d+ \w+)*) in [\d.]+s")
# The tests of a file share what is made for it.
TWO_WORKERS = ("-n", "2", "--dist", "loadfile")
# A few long tests, each with a world of its own: whoever is done takes from the other.
STEALING = ("-n", "2", "--dist", "worksteal")
COVERED = (
    *TWO_WORKERS,
    "--cov=shared",
    "--cov-config=tests/domain.coveragerc",
    "--cov-report=term-missing",
)


@dataclass(frozen=True)
class Part:
    """One part of the run: a command of run.py, or pytest over folders of ``tests/``."""

    name: str
    folders: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    command: str = ""
    only_long: bool = False

    def arguments(self) -> list[str]:
        """Return what Python is to run; nothing if none of the folders holds a test yet."""
        if self.command:
            return ["run.py", self.command] if self._is_there() else []
        here = [f"tests/{name}" for name in self.folders if _holds_tests(ROOT / "tests" / name)]
        return ["-m", "pytest", "--quiet", *self.options, *here] if here else []

    def _is_there(self) -> bool:
        return self.command != "bench" or (ROOT / "tests/bench/__main__.py").exists()


def _holds_tests(folder: Path) -> bool:
    return any(folder.glob("**/test_*.py"))


PARTS = (
    Part("lint and import contracts", command="lint"),
    Part("types", command="types"),
    Part("architecture", ("architecture",), TWO_WORKERS),
    Part("the domain, covered whole", ("unit/shared",), COVERED),
    Part("unit and property", ("unit", "property"), (*TWO_WORKERS, "--ignore=tests/unit/shared")),
    Part("window", ("gui",), TWO_WORKERS),
    Part("integration, SQLite and PostgreSQL", ("integration",), TWO_WORKERS),
    Part("simulation", ("simulation",), STEALING),
    Part("browser", ("browser",), STEALING),
    Part("end to end", ("e2e",), STEALING),
    Part("bench", command="bench", only_long=True),
)


@dataclass
class Run:
    """What a test run said, how long its parts took and how its tests ended."""

    environment: dict[str, str]
    lines: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    tests: Counter[str] = field(default_factory=Counter)

    def write(self, text: str) -> None:
        """Show a piece of output and keep it."""
        self.lines.append(text)
        sys.stdout.write(text)
        sys.stdout.flush()

    def run(self, name: str, arguments: list[str]) -> int:
        """Run one part and return its exit status."""
        self.write(f"\n--- {name}\n")
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                self.write(line)
                self._count(line)
        self.seconds[name] = time.monotonic() - began
        return process.returncode

    def _count(self, line: str) -> None:
        if SUMMARY.match(line):
            found = re.findall(r"(\d+) (passed|failed|errors?|skipped)", line)
            self.tests.update({word.removesuffix("s"): int(count) for count, word in found})

    def close(self, status: int) -> None:
        """Write the time of each part and the sum of the tests."""
        failed = list(self.seconds)[-1] if status else None
        width = max(map(len, self.seconds), default=0)
        self.write("\n")
        for name, seconds in self.seconds.items():
            verdict = "FAILED" if name == failed else "ok"
            self.write(f"{name:<{width}}  {seconds:7.1f} s  {verdict}\n")
        self.write(f"{'all':<{width}}  {sum(self.seconds.values()):7.1f} s\n")
        bad = self.tests["failed"] + self.tests["error"]
        skipped = self.tests["skipped"]
        self.write(f"{self.tests['passed']} passed, {bad} failed, {skipped} skipped\n")


def main(arguments: list[str]) -> int:
    """Run every part, or, given arguments, only pytest with them; return the exit status.

    A complete long run leaves its output in docs/measured.md.
    """
    parser = argparse.ArgumentParser(prog="run.py test", add_help=False)
    parser.add_argument("--long", action="store_true")
    options, pytest_arguments = parser.parse_known_args(arguments)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    # Hundreds of processes start, and each that finds no bytecode compiles the product anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if options.long:
        environment["TRESEN_LONG"] = "1"
    if pytest_arguments:
        command = [sys.executable, "-m", "pytest", *pytest_arguments]
        return subprocess.call(command, cwd=ROOT, env=environment)
    run = Run(environment)
    status = 0
    for part in PARTS:
        part_arguments = part.arguments()
        if part_arguments and (options.long or not part.only_long):
            status = run.run(part.name, part_arguments)
        if status:
            break
    run.close(status)
    if options.long and not status:
        _write_measured(run.lines)
    return status


def _write_measured(lines: list[str]) -> None:
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    title = "# Measured\n\nOutput of `python3 run.py test --long`"
    head = f"{title} ({machine}, Python {platform.python_version()}).\n\n```text\n"
    MEASURED.parent.mkdir(exist_ok=True)
    MEASURED.write_text(head + "".join(lines).strip("\n") + "\n```\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
