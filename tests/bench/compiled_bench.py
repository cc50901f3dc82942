"""The promotion engine as it is installed, compiled, against the same files as they are, on the same baskets.

Each runs in a process of its own: which of the two a process has, its path decides.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from installer.compiled import build
from shared.promotions import FRAME_STEPS, PROOF_STEPS
from tests.bench.figures import Figure
from tests.bench.promotions_bench import Samples

ROOT = Path(__file__).resolve().parents[2]
CHILD = "tests.bench.compiled_child"


def samples(path: list[Path], steps: int) -> Samples:
    """The baskets of the seeded market priced with what comes first on a path."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    # -P: the folder it is started in must not come before the path.
    command = [sys.executable, "-P", "-m", CHILD, str(steps)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout)
    return Samples(found["took"], found["proven"])


def run(_articles: int) -> list[Figure]:
    """Figures of both."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="tresen-compiled-") as folder:
        build(Path(folder) / "tree")
        both = ([Path(folder) / "tree", ROOT], [ROOT])
        for where, steps, aims in (
            ("in the frame", FRAME_STEPS, ("2 ms", "10 ms", "16 ms", "2 %")),
            ("off the frame", PROOF_STEPS, ("", "", "300 ms", "1 %")),
        ):
            compiled, plain = (samples(path, steps) for path in both)
            name = f"compiled, {where}"
            for share, words, aim in ((0.5, "p50", aims[0]), (0.95, "p95", aims[1])):
                figures.append(
                    Figure(
                        f"{name}, {words}",
                        compiled.at(share),
                        "ms",
                        "as it is",
                        plain.at(share),
                        aim,
                    )
                )
            longest = max(compiled.took), max(plain.took)
            figures += [
                Figure(f"{name}, longest", longest[0], "ms", "as it is", longest[1], aims[2]),
                Figure(
                    f"{name}, not proven", compiled.open_share, "%", "as it is", plain.open_share, aims[3]
                ),
            ]  # fmt: skip
    return figures
