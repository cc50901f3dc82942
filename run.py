"""The one entry of Tresen: ``python3 run.py COMMAND`` and the console script ``tresen``.

Needs nothing but the standard library. It makes the virtual environment from the lock file, names
(or, as root on Debian, installs) missing system packages, and then starts the command's module in
that environment. It knows the names of commands and nothing of what they do: nobody imports it,
and it imports neither side of the product.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCKS = {name: ROOT / "requirements" / f"{name}.txt" for name in ("product", "dev")}
OLDEST_PYTHON = (3, 11)
EXIT_USAGE = 2

SERVER = "central_server.app.cli"
TILL = "pos_client.app.cli"


def say(line: str) -> None:
    """Write one line for the person at the keyboard; stdout belongs to the command's result."""
    sys.stderr.write(f"run.py: {line}\n")
    sys.stderr.flush()


def stop(line: str, status: int = EXIT_USAGE) -> NoReturn:
    """Give up with one clear line."""
    say(line)
    raise SystemExit(status)


# --- system packages --------------------------------------------------------------------------


@dataclass(frozen=True)
class SystemPackage:
    """A Debian package, how to see that what it brings is there, and what needs it."""

    name: str
    reason: str
    present: Callable[[], bool]


def _has_venv() -> bool:
    importlib.invalidate_caches()
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def _has_postgresql() -> bool:
    if os.environ.get("TRESEN_TEST_DATABASE_URL") or shutil.which("initdb"):
        return True
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def _has_chromium() -> bool:
    return bool(os.environ.get("TRESEN_TEST_CHROMIUM") or shutil.which("chromium"))


def _library(file: str) -> Callable[[], bool]:
    """Return how to see whether a shared library is there; Windows and macOS bring their own."""

    def present() -> bool:
        roots = (Path("/usr/lib"), Path("/lib"), Path("/usr/lib64"))
        here = (found for root in roots for found in (*root.glob(file), *root.glob(f"*/{file}")))
        return sys.platform != "linux" or any(here)

    return present


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _has_fonts() -> bool:
    return sys.platform != "linux" or any(Path("/usr/share/fonts").glob("**/*.[to]tf"))


FOR_VENV = (SystemPackage("python3-venv", "the virtual environment", _has_venv),)


def _qt(reason: str, libraries: dict[str, str]) -> tuple[SystemPackage, ...]:
    return tuple(SystemPackage(name, reason, _library(file)) for name, file in libraries.items())


# What Qt loads to draw, on a screen or without one.
FOR_WINDOW = _qt(
    "the till's window (Qt)",
    {
        "libgl1": "libGL.so.1",
        "libegl1": "libEGL.so.1",
        "libfontconfig1": "libfontconfig.so.1",
        "libdbus-1-3": "libdbus-1.so.3",
        "libxkbcommon0": "libxkbcommon.so.0",
        "libglib2.0-0": "libglib-2.0.so.0",
    },
)
# What Qt needs besides to show the window on an X display.
FOR_DISPLAY = _qt(
    "Qt on a display",
    {
        "libxcb-cursor0": "libxcb-cursor.so.0",
        "libxcb-icccm4": "libxcb-icccm.so.4",
        "libxcb-image0": "libxcb-image.so.0",
        "libxcb-keysyms1": "libxcb-keysyms.so.1",
        "libxcb-render-util0": "libxcb-render-util.so.0",
        "libxcb-shape0": "libxcb-shape.so.0",
        "libxcb-xkb1": "libxcb-xkb.so.1",
        "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
    },
)
FOR_BENCH = (SystemPackage("postgresql", "figures on PostgreSQL", _has_postgresql), *FOR_WINDOW)
FOR_PACKAGE = (
    SystemPackage("binutils", "PyInstaller", _program("objdump")),
    SystemPackage("debootstrap", "the bare root the package is tried in", _program("debootstrap")),
    *FOR_WINDOW,
)
FOR_TESTS = (
    SystemPackage("postgresql", "the tests on PostgreSQL", _has_postgresql),
    SystemPackage("chromium", "the browser tests", _has_chromium),
    SystemPackage("libatomic1", "Playwright, which drives the browser", _library("libatomic.so.1")),
    SystemPackage("fonts-dejavu-core", "text in the browser", _has_fonts),
    SystemPackage("xvfb", "the till's window in the tests", _program("Xvfb")),
    *FOR_WINDOW,
    *FOR_DISPLAY,
)


def require_system_packages(needed: Sequence[SystemPackage]) -> None:
    """Install what is missing where this is root on Debian; else name it exactly and stop."""
    missing = [package for package in needed if not package.present()]
    if not missing:
        return
    names = [package.name for package in missing]
    for package in missing:
        say(f"missing system package {package.name}: needed for {package.reason}")
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *names]
    debian = Path("/etc/debian_version").exists() and shutil.which("apt-get")
    if not debian:
        stop(f"install what Debian calls {', '.join(names)} and start again")
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        stop(f"run this as root and start again: {' '.join(install)}")
    _apt_install(install)
    still = [package.name for package in missing if not package.present()]
    if still:
        stop(f"apt-get ran, and still not found: {', '.join(still)}", 1)


def _apt_install(install: list[str]) -> None:
    say(f"installing (root on Debian): {' '.join(install)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = ["--quiet=2", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]
    with _no_database_cluster():
        for command in (["apt-get", "update"], install):
            run_quietly([*command, *quiet], environment)


def run_quietly(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Run an installer; show what it said only if it fails, and stop then."""
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        sys.stderr.write(done.stdout.decode(errors="replace"))
        stop(f"ended with status {done.returncode}: {' '.join(command)}", 1)


@contextlib.contextmanager
def _no_database_cluster() -> Iterator[None]:
    """Keep Debian's PostgreSQL package from making and starting a server nobody asked for.

    The tests start their own on a temporary folder. The drop-in is taken away afterwards, so that
    the machine's owner finds Debian's habits unchanged.
    """
    folder = Path("/etc/postgresql-common/createcluster.d")
    drop_in = folder / "tresen-tests.conf"
    folder.mkdir(parents=True, exist_ok=True)
    drop_in.write_text("create_main_cluster = false\n", encoding="utf-8")
    try:
        yield
    finally:
        drop_in.unlink()


# --- the virtual environment --------------------------------------------------------------------


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on ``path``; a second start waits here instead of colliding."""
    with path.open("a+b") as handle:
        if sys.platform == "win32":
            import msvcrt  # exists on Windows only

            while True:
                with contextlib.suppress(OSError):
                    msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl  # exists on POSIX only

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _already_installed() -> bool:
    """Tell whether this interpreter's environment has Tresen installed with its packages."""
    if not all(lock.exists() for lock in LOCKS.values()):
        return True
    if sys.prefix == sys.base_prefix:
        return False
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        importlib.metadata.distribution("tresen")
        return True
    return False


def _venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ensure_environment(lock_name: str) -> Path:
    """Return a Python that has the packages of a lock, making or updating ``.venv`` as needed.

    ``lock_name`` is ``product`` or ``dev``; dev contains product. Nothing is installed while the
    lock file is the one that was installed last (its SHA-256 is kept in a stamp file).
    """
    if _already_installed():
        return Path(sys.executable)
    python = _venv_python()
    if _is_current(lock_name) and python.exists():
        return python
    with one_at_a_time(ROOT / ".venv.lock"):
        if _is_current(lock_name) and python.exists():
            return python
        require_system_packages(FOR_VENV)
        if not _works(python):
            say("making the virtual environment .venv")
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        lock = LOCKS[lock_name]
        count = len(_locked_versions(lock))
        say(
            f"installing {count} packages from {lock.relative_to(ROOT)}; this happens once per lock"
        )
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run_quietly([*pip, "--require-hashes", "--no-deps", "-r", str(lock)])
        for name in ("product", lock_name):
            _stamp(name).write_text(_digest(LOCKS[name]), encoding="utf-8")
    return python


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    return (
        subprocess.run([python, "-m", "pip", "-V"], capture_output=True, check=False).returncode
        == 0
    )


def _stamp(lock_name: str) -> Path:
    return VENV / f"installed-{lock_name}.sha256"


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _is_current(lock_name: str) -> bool:
    stamp = _stamp(lock_name)
    return stamp.exists() and stamp.read_text(encoding="utf-8") == _digest(LOCKS[lock_name])


def _locked_versions(lock: Path) -> dict[str, str]:
    pins = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\\n]+)", lock.read_text("utf-8"), re.MULTILINE
    )
    return dict(pins)


def _environment(**extra: str) -> dict[str, str]:
    """Return the variables for a child: the tree is importable from whatever folder one stands in."""
    inherited = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *([inherited] if inherited else [])]),
        **extra,
    }


# --- tooling commands ------------------------------------------------------------------------


def lint_commands(python: Path) -> list[list[str]]:
    """Return the commands of ``lint``, cheapest first."""
    module = [str(python), "-m"]
    contracts = "from importlinter.cli import lint_imports_command as run; run(['--no-logo'])"
    return [
        [*module, "ruff", "check", "."],
        [*module, "ruff", "format", "--check", "."],
        [str(python), "-c", contracts],
        [*module, "deptry", "."],
    ]


def setup(_arguments: list[str]) -> int:
    """Make the environment with everything that tests and checks need."""
    require_system_packages(FOR_TESTS)
    say(f"ready: {ensure_environment('dev')}")
    return 0


def lock(_arguments: list[str]) -> int:
    """Resolve pyproject.toml again into the two lock files, with hashes."""
    python = ensure_environment("dev")
    for name, extra in (("product", []), ("dev", ["--extra", "dev"])):
        command = [str(python), "-m", "uv", "pip", "compile", "pyproject.toml", *extra]
        command += ["--generate-hashes", "--python-version", "3.11", "--universal", "--quiet"]
        command += ["--custom-compile-command", "python3 run.py lock"]
        status = subprocess.call([*command, "-o", f"requirements/{name}.txt"], cwd=ROOT)
        if status:
            return status
    return 0


def lint(_arguments: list[str]) -> int:
    """Run the formatter's and linter's checks, the import contracts and the dependency check."""
    return run_in_turn(lint_commands(ensure_environment("dev")))


def types(arguments: list[str]) -> int:
    """Run mypy --strict over the product and the test support."""
    return run_in_turn([[str(ensure_environment("dev")), "-m", "mypy", "-n", "auto", *arguments]])


def tool(needed: Sequence[SystemPackage], *words: str) -> Callable[[list[str]], int]:
    """Return a command of the tree: Python with these words before its own arguments, once what it needs is there."""

    def run(arguments: list[str]) -> int:
        require_system_packages(needed)
        return run_in_turn([[str(ensure_environment("dev")), *words, *arguments]])

    return run


# Everything CI does, in its order: tests/portfolio.py knows it.
test = tool(FOR_TESTS, "-m", "tests.portfolio")
bench = tool(FOR_BENCH, "-m", "tests.bench")
simulation = tool((), "-m", "tests.simulation")
package = tool(FOR_PACKAGE, "installer/linux/package.py")


def run_in_turn(commands: Iterable[list[str]]) -> int:
    """Run commands at the root of the tree until one fails; return its exit status or 0."""
    for command in commands:
        status = subprocess.call(command, cwd=ROOT, env=_environment())
        if status:
            return status
    return 0


def notices(_arguments: list[str]) -> int:
    """Write the licences of the locked product packages into THIRD-PARTY-NOTICES.md."""
    locked = [f"{name}=={version}" for name, version in _locked_versions(LOCKS["product"]).items()]
    return run_in_turn([[str(ensure_environment("dev")), "installer/notices.py", *locked]])


# --- commands ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Command:
    """One line of help, the tool or module that does it, whether it draws, what a plain tool takes."""

    help: str
    target: str | Callable[[list[str]], int]
    draws: bool = False
    words: str | None = None


COMMANDS = {
    "demo": Command("a whole chain and a few sales; 'demo load': its data only", TILL, draws=True),
    "server": Command("start the central server and its scheduler", SERVER),
    "scheduler": Command("start the central server's timed jobs alone", SERVER),
    "migrate": Command("bring the central database to this version's schema", SERVER),
    "import": Command("import a catalogue, promotions or customers from a file", SERVER),
    "promotions": Command("list or show promotions", SERVER),
    "backtest": Command("try a draft promotion on receipts that were sold", SERVER),
    "store": Command("add, change or list stores", SERVER),
    "staff": Command("add, change or list staff, their roles and PINs", SERVER),
    "till-code": Command("issue a one-time code that lets a till join", SERVER),
    "figures": Command("print a day's figures", SERVER),
    "ledger": Command("check the ledger, look at its accounts", SERVER),
    "customer": Command("find customers, their cards, merge two, invoice accounts", SERVER),
    "loyalty": Command("points, wallet and cashback: terms, balances, ends", SERVER),
    "voucher": Command("types of vouchers, issue, look at or block one", SERVER),
    "statement": Command("statements of purses, cards, vouchers; what is open by age", SERVER),
    "giftcard": Command("print, look at, block or replace gift cards", SERVER),
    "exceptions": Command("list or settle what the centre could not book", SERVER),
    "offer": Command("add or list offers", SERVER),
    "prices": Command("set or show prices", SERVER),
    "rates": Command("store or list exchange rates of a day", SERVER),
    "clock": Command("move the business clock (demo and test only)", SERVER),
    "snapshot": Command("build the reference snapshots for tills", SERVER),
    "openapi": Command("write the description of the HTTP interface", SERVER),
    "provision": Command("join this till to a centre with a one-time code", TILL),
    "till": Command("start the till", TILL, draws=True),
    "screens": Command("draw every screen of the till into an HTML gallery", TILL, draws=True),
    "sync": Command("start the till's exchange with the centre", TILL),
    "replay": Command("ring up recorded receipts from a file", TILL),
    "price": Command("price a basket under promotions: JSON in, JSON out", TILL),
    "printer": Command("be a simulated receipt printer: receipts as pictures in a folder", TILL),
    "simulate": Command("be a simulated device: terminal, printer, scanner, scale …", TILL),
    "setup": Command("make the environment for tests and checks", setup, words=""),
    "test": Command("run all checks and tests", test, words=" [--long] [PYTEST ARGUMENTS]"),
    "lint": Command("check style, import contracts and dependencies", lint, words=""),
    "types": Command("check types", types, words=" [MYPY ARGUMENTS]"),
    "simulation": Command("play simulated chains by seed until one goes wrong", simulation),
    "bench": Command("measure speed and memory", bench),
    "package": Command("make the till's folder for Linux and try it in a bare root", package),
    "lock": Command("resolve the dependencies into the lock files", lock, words=""),
    "notices": Command("write the dependencies' licences into the notices", notices, words=""),
}


def start_module(module: str, arguments: list[str]) -> int:
    """Start a module of the product in its environment; on POSIX this process becomes it."""
    python = str(ensure_environment("product"))
    command = [python, "-P", "-m", module, *arguments]
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(python, command, _environment())  # noqa: S606 - no shell is wanted
    return subprocess.call(command, env=_environment())


def available() -> dict[str, Command]:
    """Return the commands of this place: an installed product has no tree to test or lint."""
    in_tree = all(lock_file.exists() for lock_file in LOCKS.values())
    return {name: c for name, c in COMMANDS.items() if in_tree or isinstance(c.target, str)}


def usage() -> str:
    """Return the list of commands, one line each."""
    called = "python3 run.py" if Path(sys.argv[0]).name == "run.py" else "tresen"
    lines = [f"  {name:<11} {command.help}" for name, command in available().items()]
    return "\n".join([f"usage: {called} COMMAND [ARGUMENTS]", "", *lines, ""])


def use_tool(name: str, tool: Callable[[list[str]], int], arguments: list[str]) -> int:
    """Run a tool, or say what it does and what it may be given, before anything is installed."""
    words = COMMANDS[name].words
    if words is not None and {"-h", "--help"} & set(arguments):
        sys.stdout.write(f"usage: python3 run.py {name}{words}\n\n{COMMANDS[name].help}\n")
        return 0
    if words == "" and arguments:
        stop(f"'{name}' takes no arguments, and was given '{arguments[0]}'")
    return tool(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; 2 for a command that does not exist."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if sys.version_info < OLDEST_PYTHON:
        stop(f"needs Python 3.11 or newer, and this is {platform.python_version()}")
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        sys.stdout.write(usage())
        return 0 if arguments else EXIT_USAGE
    name = arguments[0]
    if name not in available():
        stop(f"there is no command '{name}'; --help lists them")
    target = COMMANDS[name].target
    if callable(target):
        return use_tool(name, target, arguments[1:])
    if arguments[:2] == ["demo", "load"]:
        target = SERVER
    elif COMMANDS[name].draws and "--help" not in arguments:
        display = os.environ.get("DISPLAY") and "--headless" not in arguments
        require_system_packages((*FOR_WINDOW, *FOR_DISPLAY) if display else FOR_WINDOW)
    return start_module(target, arguments)


if __name__ == "__main__":
    sys.exit(main())
