"""Every folder of modules is a package.

Why: the import contracts do not see what lies below a folder without `__init__.py`. A whole room of the
centre was once outside every contract, and all of them said KEPT.
"""

from pathlib import PurePosixPath

from tests.architecture.sources import EVERYTHING, modules

# Alembic loads its scripts by path.
LOADED_BY_PATH = ("central_server/migrations",)


def open_folders(paths):
    """Yield the folders that hold modules, at any depth, and have no `__init__.py`."""
    present = set(paths)
    folders = {str(above) for path in paths for above in PurePosixPath(path).parents} - {"."}
    for folder in sorted(folders):
        by_path = any(f"{folder}/".startswith(f"{place}/") for place in LOADED_BY_PATH)
        if f"{folder}/__init__.py" not in present and not by_path:
            yield folder


def test_every_folder_of_modules_is_a_package():
    assert list(open_folders([source.path for source in modules(*EVERYTHING)])) == []


def test_a_folder_without_init_is_caught():
    paths = ["a/__init__.py", "a/b/c/__init__.py", "a/b/c/d.py"]
    assert list(open_folders(paths)) == ["a/b"]
    assert not list(open_folders([*paths, "a/b/__init__.py"]))
    assert not list(
        open_folders(["central_server/__init__.py", "central_server/migrations/env.py"])
    )
