"""Makes machine code of the promotion engine, for what is installed: half the time at each scan, the same code.

``build(TARGET)`` writes a tree with ``shared/`` in it that comes before the one here on the path. mypyc compiles the
modules as they are, by their annotations; a C compiler and Python's headers are needed. A checkout runs its own
files and never this, so that what is edited is what runs.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENGINE = "shared/promotions"
SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")
SCRIPT = """
from setuptools import setup
from mypyc.build import mypycify
setup(name="engine", packages=[], ext_modules=mypycify(["--config-file", {config!r}, *{files!r}], opt_level="3"))
"""


def modules(tree: Path = ROOT) -> list[str]:
    """The engine's modules; the package itself stays as it is, it only names what it offers."""
    found = sorted((tree / ENGINE).glob("*.py"))
    return [str(path.relative_to(tree)) for path in found if path.name != "__init__.py"]


def build(target: Path) -> str:
    """Write ``shared/`` with the compiled engine into a folder; the name of the library that all of it shares."""
    if not (shutil.which("gcc") or shutil.which("cc")):
        raise SystemExit("compiled: no C compiler; on Debian install gcc (and python3-dev)")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="tresen-compiled-") as folder:
        tree = Path(folder)
        left_out = shutil.ignore_patterns("__pycache__", "*.so")
        shutil.copytree(ROOT / "shared", tree / "shared", ignore=left_out)
        files = modules(tree)
        script = SCRIPT.format(config=str(ROOT / "pyproject.toml"), files=files)
        command = [sys.executable, "-c", script, "-q", "build_ext", "--inplace"]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"compiled: mypyc failed:\n{done.stdout}{done.stderr}")
        for file in files:
            (tree / file).unlink()
        shutil.move(tree / "shared", target / "shared")
        library = next(tree.glob(f"*__mypyc{SUFFIX}"))
        shutil.move(library, target / library.name)
    return library.name.removesuffix(SUFFIX)
