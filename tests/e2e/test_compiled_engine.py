"""The promotion engine as the packages have it, compiled: it translates, and prices every basket as its files do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from installer import compiled
from tests.support.brute_force.baskets import MIXTURES, request
from tests.support.promotion_baskets import countable, crowd, heap

ROOT = Path(compiled.__file__).resolve().parents[1]
TRANSLATE = """
import sys
from mypyc.build import mypycify
mypycify(["--strict", *sys.argv[2:]], target_dir=sys.argv[1])
"""
SEEDS = 60


def test_every_module_can_be_translated(tmp_path):
    """The small twin: what mypyc cannot take is found at once, not when a package is built."""
    words = ["-c", TRANSLATE, str(tmp_path)]
    done = subprocess.run(
        [sys.executable, *words, *compiled.modules()],
        cwd=ROOT,
        env={**os.environ, "MYPY_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.glob("**/*.c"))


def priced(path, lines):
    """What the command answers with the engine that a path gives it."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pos_client.app.cli", "price", "--lines"],
        input=lines,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.long
def test_the_compiled_engine_prices_as_its_files_do(tmp_path):
    asked = [request(seed, mixture) for mixture in MIXTURES for seed in range(SEEDS)]
    asked += [make(seed) for make in (crowd, heap, countable) for seed in range(SEEDS)]
    lines = "".join(json.dumps(one) + "\n" for one in asked)
    compiled.build(tmp_path / "tree")
    # The engine that runs must be the compiled one, or this would compare it with itself.
    assert not (tmp_path / "tree/shared/promotions/engine.py").exists()
    ours, theirs = priced([tmp_path / "tree", ROOT], lines), priced([ROOT], lines)
    assert len(ours) == len(asked)
    assert ours == theirs
