"""The one entry: what it says, and that it makes nothing that is there already."""

import hashlib
import subprocess
import sys

import pytest

import run


def start(*arguments):
    command = [sys.executable, str(run.ROOT / "run.py"), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8")


def test_help_lists_every_command_with_one_line():
    done = start("--help")
    assert done.returncode == 0
    lines = done.stdout.splitlines()[2:]
    assert done.stdout.startswith("usage: python3 run.py COMMAND")
    assert [line.split()[0] for line in lines] == list(run.COMMANDS)
    assert all(len(line) < 100 and len(line.split()) > 2 for line in lines)


@pytest.mark.parametrize("arguments", [(), ("nonsense",), ("--nonsense",)])
def test_no_command_and_an_unknown_one_end_with_status_2(arguments):
    done = start(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_unknown_command_gets_one_clear_line():
    done = start("selll")
    assert done.stderr.splitlines() == ["run.py: there is no command 'selll'; --help lists them"]


@pytest.mark.parametrize("name", [n for n, c in run.COMMANDS.items() if c.words is not None])
def test_a_tool_says_what_it_does_before_anything_is_installed(name):
    done = start(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: python3 run.py {name}")
    assert run.COMMANDS[name].help in done.stdout


def test_a_tool_without_arguments_refuses_one():
    done = start("lint", "everything")
    assert done.returncode == 2
    assert done.stderr == "run.py: 'lint' takes no arguments, and was given 'everything'\n"


@pytest.fixture
def started(monkeypatch):
    """Record what would be started, in place of starting it."""
    calls = []

    def start_module(module, arguments):
        calls.append((module, arguments))
        return 0

    monkeypatch.setattr(run, "start_module", start_module)
    return calls


@pytest.mark.parametrize(
    ("arguments", "module"),
    [
        (["server", "--port", "8000"], "central_server.app.cli"),
        (["demo", "load", "--days", "90"], "central_server.app.cli"),
        (["demo"], "pos_client.app.cli"),
        (["replay", "file.csv"], "pos_client.app.cli"),
    ],
)
def test_a_product_command_goes_to_its_side_with_its_name(started, arguments, module):
    assert run.main(arguments) == 0
    assert started == [(module, arguments)]


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """An own tree with two locks, and a pip that only counts."""
    (tmp_path / "requirements").mkdir()
    locks = {name: tmp_path / "requirements" / f"{name}.txt" for name in ("product", "dev")}
    for name, lock in locks.items():
        lock.write_text(f"a==1\nb[x]==2 ; sys_platform == 'linux'\n# {name}\n")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(run, "LOCKS", locks)
    monkeypatch.setattr(run, "_already_installed", lambda: False)
    installs = []

    def fake_run(command, **_):
        if "venv" in command:
            python = run._venv_python()
            python.parent.mkdir(parents=True)
            python.touch()
        if "install" in command:
            installs.append(command[-1])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(run.subprocess, "run", fake_run)
    return installs


def test_packages_are_installed_once_per_lock(tree, capsys):
    run.ensure_environment("dev")
    run.ensure_environment("dev")
    run.ensure_environment("product")
    assert [path.rpartition("/")[2] for path in tree] == ["dev.txt"]
    assert "installing 2 packages from requirements/dev.txt" in capsys.readouterr().err


def test_a_changed_lock_is_installed_again(tree):
    run.ensure_environment("product")
    run.LOCKS["product"].write_text("a==2\n")
    run.ensure_environment("product")
    assert len(tree) == 2
    stamp = run._stamp("product").read_text()
    assert stamp == hashlib.sha256(b"a==2\n").hexdigest()


def test_an_installed_product_makes_no_environment(tree, monkeypatch):
    monkeypatch.setattr(run, "_already_installed", lambda: True)
    assert str(run.ensure_environment("product")) == sys.executable
    assert not run.VENV.exists()


def test_an_installed_product_offers_no_tooling(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "LOCKS", {"product": tmp_path / "no-lock"})
    assert "till" in run.available()
    assert not {"test", "lint", "lock"} & set(run.available())


def package(present):
    return run.SystemPackage("postgresql", "the tests", lambda: present)


def test_without_root_the_exact_line_is_printed(monkeypatch, capsys):
    monkeypatch.setattr(run.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(run.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(run.Path, "exists", lambda _: True)
    with pytest.raises(SystemExit) as stopped:
        run.require_system_packages([package(present=False)])
    assert stopped.value.code == 2
    line = "apt-get install --yes --no-install-recommends postgresql"
    assert capsys.readouterr().err.splitlines()[-1].endswith(f": {line}")


def test_nothing_is_said_when_nothing_is_missing(capsys):
    run.require_system_packages([package(present=True)])
    assert capsys.readouterr().err == ""
