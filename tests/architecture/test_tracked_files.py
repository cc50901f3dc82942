"""What is handed out names no machine, no registry and nothing without its licence.

Why: a path of the author's machine works on no other; a registry's host in a lock file breaks where
the registry has another name; a font or script without its licence may not be passed on.
"""

import re

import pytest

from tests.architecture.sources import ROOT, tracked_files

# The names are put together here, so that this file does not hold what it forbids.
HOMES = re.compile(r"/" + r"home/[a-z][\w-]*/|/" + r"Users/\w+/|/" + r"root/|[A-Z]:\\" + r"Users\\")
REGISTRIES = re.compile(
    "|".join(
        [
            "files[.]python" + "hosted[.]org",
            "registry[.]npm" + "js[.]org",
            "--(?:extra-)?index" + "-url",
        ]
    )
)
SHARED_PLACES = {"", "tmp", "srv", "opt", "usr", "var", "mnt", "src"}
VENDORED = (".min.js", ".min.css", ".woff2", ".woff", ".ttf", ".otf")


def machine_traces(path, text, root=ROOT):
    """Yield what in a file's text is true on one machine only."""
    places = (
        [str(root)]
        if root.name in SHARED_PLACES or len(root.parts) < 3
        else [f"{root}/", str(root)]
    )
    if root.parent.name not in SHARED_PLACES:
        places.append(f"{root.parent}/")
    for number, line in enumerate(text.splitlines(), start=1):
        here = next((place for place in places if place in line), None)
        found = HOMES.search(line) or REGISTRIES.search(line)
        if here or found:
            yield f"{path}:{number}: {here or found.group()}"


def unlicensed(paths):
    """Yield vendored assets that have no NOTICE.md beside them or one folder above."""
    for path in paths:
        folder = path.rpartition("/")[0]
        above = folder.rpartition("/")[0]
        if path.endswith(VENDORED) and not {f"{folder}/NOTICE.md", f"{above}/NOTICE.md"} & set(
            paths
        ):
            yield f"{path}: no NOTICE.md beside it"


def test_no_tracked_file_names_a_machine_or_a_registry():
    found = []
    for path in tracked_files():
        data = (ROOT / path).read_bytes()
        if b"\0" not in data[:8_000] and not path.endswith(VENDORED):
            found += machine_traces(path, data.decode("utf-8", errors="replace"))
    assert found == []


def test_every_vendored_asset_has_its_notice():
    assert list(unlicensed(tracked_files())) == []


def test_the_notices_name_every_vendored_folder():
    notices = (ROOT / "THIRD-PARTY-NOTICES.md").read_text(encoding="utf-8")
    folders = {path.rpartition("/")[0] for path in tracked_files() if path.endswith("/NOTICE.md")}
    assert {folder for folder in folders if f"`{folder}`" not in notices} == set()


@pytest.mark.parametrize(
    "line",
    [
        "open('/" + "home/anna/tresen/x')",
        "see /" + "Users/anna/tresen",
        "--index" + "-url=https://example.org/simple",
        "https://files.python" + "hosted.org/packages/x.whl",
        "/build/anna/tresen/run.py",
        "/build/anna/data",
    ],
)
def test_traces_are_caught(line):
    assert list(machine_traces("x.md", line, type(ROOT)("/build/anna/tresen")))


@pytest.mark.parametrize("line", ["/usr/bin/chromium", "/var/lib/tresen", "GET /home", "a/home/b"])
def test_paths_of_every_machine_pass(line):
    assert not list(machine_traces("x.md", line, type(ROOT)("/build/anna/tresen")))


def test_assets_without_a_notice_are_caught():
    assert list(unlicensed(["web/htmx.min.js", "web/page.css"]))
    assert not list(unlicensed(["web/htmx/htmx.min.js", "web/htmx/NOTICE.md"]))
    assert not list(unlicensed(["fonts/inter/files/inter.woff2", "fonts/inter/NOTICE.md"]))
