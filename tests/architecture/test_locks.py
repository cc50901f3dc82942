"""What is installed is what was resolved, byte for byte, for tests and for shops alike.

Why: a package tested in one version and delivered in another is not tested. A lock without hashes
installs what a mirror calls by that name.
"""

import re
import tomllib

import pytest

from tests.architecture.sources import ROOT

PIN = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)")


def pins(lock):
    """Map package to version; raise ValueError for a line that pins nothing or has no hash."""
    versions = {}
    for entry in re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"^\s*#.*\n", "", lock, flags=re.MULTILINE)):
        found = PIN.match(entry)
        if not found or "--hash=sha256:" not in entry:
            raise ValueError(entry)
        versions[found[1]] = found[2]
    return versions


def read(name):
    return pins((ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8"))


def test_tests_run_on_the_versions_that_are_delivered():
    dev = read("dev")
    assert {name: v for name, v in read("product").items() if dev.get(name) != v} == {}


def test_every_declared_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.match(r"[a-z0-9-]+", line).group() for line in declared}
    assert names - set(read("dev")) == set()


def test_the_notices_name_what_is_delivered():
    notices = (ROOT / "THIRD-PARTY-NOTICES.md").read_text(encoding="utf-8")
    table = notices.partition("packages: begin -->")[2]
    rows = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([0-9][^ ]*) \|", table, re.MULTILINE))
    assert rows == read("product"), "python3 run.py notices"


@pytest.mark.parametrize("lock", ["a>=1 \\\n --hash=sha256:0\n", "a==1\n", "a==1 --hash=md5:0\n"])
def test_loose_locks_are_caught(lock):
    with pytest.raises(ValueError, match="a"):
        pins(lock)
