"""Writes the licences of the product's packages into THIRD-PARTY-NOTICES.md. `python3 run.py notices` starts it.

Arguments are the locked packages, `name==version`.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

NOTICES = Path(__file__).resolve().parents[1] / "THIRD-PARTY-NOTICES.md"
BEGIN, END = "<!-- python packages: begin -->", "<!-- python packages: end -->"
# What pip-licenses cannot find: texts without a name, and packages that are installed on other systems only.
BY_HAND = {
    "pysqlite3": {"License": "Zlib"},
    "tzdata": {"License": "Apache-2.0", "URL": "https://github.com/python/tzdata"},
    "colorama": {"License": "BSD-3-Clause", "URL": "https://github.com/tartley/colorama"},
    "importlib-resources": {
        "License": "Apache-2.0",
        "URL": "https://github.com/python/importlib_resources",
    },
    "pywin32": {"License": "PSF-2.0", "URL": "https://github.com/mhammond/pywin32"},
}


def main(packages: list[str]) -> int:
    """Replace the table between the marks; the exit status."""
    locked = dict(package.split("==") for package in packages)
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--with-urls", "--with-system"]
    found = json.loads(subprocess.check_output([*command, "--packages", *locked]))
    normal = {re.sub(r"[-_.]+", "-", row["Name"]).lower(): row for row in found}
    rows = ["| package | version | licence | home |", "|---|---|---|---|"]
    for name, version in sorted(locked.items()):
        row = {**normal.get(name.lower(), {"URL": ""}), **BY_HAND.get(name, {})}
        if "License" not in row:
            sys.stderr.write(f"notices: no licence known for {name}; add it to BY_HAND\n")
            return 1
        rows.append(f"| {name} | {version} | {row['License']} | {row['URL']} |")
    before, rest = NOTICES.read_text(encoding="utf-8").split(BEGIN)
    text = "\n".join([before + BEGIN, *rows, END]) + rest.split(END)[1]
    NOTICES.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
