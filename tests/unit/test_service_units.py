"""What operators copy is right: units that systemd takes, words that the commands take, settings that exist."""

import argparse
import importlib
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from central_server.app import cli as centre
from central_server.platform.settings import Settings
from pos_client.app import cli as till

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "installer/linux").glob("*.service"))
COMPOSE = ROOT / "installer/compose.yaml"
DEPLOYMENT = ROOT / "docs/deployment.md"
_SETTING = re.compile(r"\bTRESEN_[A-Z_]+\b")
# Of the installation itself: the password that the compose file takes from its own environment.
_NO_SETTINGS = {"TRESEN_DATABASE_PASSWORD"}


def words_of(unit):
    (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    return shlex.split(line.replace("%i", "8401"))


def parse(words):
    """Read the words of a command as the product does; leaves with status 2 if it does not know them."""
    name, *rest = words
    parser = argparse.ArgumentParser()
    if name in centre.COMMANDS:
        module = importlib.import_module(f"central_server.app.{centre.COMMANDS[name].module}")
        module.describe(parser)
    else:
        till.COMMANDS[name].describe(parser)
    return parser.parse_args(rest)


def test_there_are_units():
    assert len(UNITS) >= 4


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_product_takes_the_words_of_each_unit(unit):
    program, *words = words_of(unit)
    assert Path(program).name == "tresen"
    parse(words)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_every_unit(tmp_path):
    places = []
    for unit in UNITS:
        # The program is not installed here; everything else is as it is shipped.
        text = unit.read_text(encoding="utf-8")
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE)
        place = tmp_path / unit.name.replace("@.", "@8401.")
        place.write_text(text, encoding="utf-8")
        places.append(str(place))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *places],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert complaints == []


def test_systemd_would_complain(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    place = tmp_path / "wrong.service"
    place.write_text("[Service]\nExecStart=/bin/true\nRestrat=always\n", encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{place}:3" in done.stderr


def test_the_compose_file_starts_what_there_is():
    text = COMPOSE.read_text(encoding="utf-8")
    commands = [
        json.loads(words) for words in re.findall(r"^    command: (.*)$", text, re.MULTILINE)
    ]
    assert len(commands) == 3
    for words in commands:
        parse(words)


@pytest.mark.parametrize("place", [DEPLOYMENT, COMPOSE], ids=lambda place: place.name)
def test_every_setting_that_is_named_exists(place):
    known = {f"TRESEN_{name.upper()}" for name in Settings.model_fields} | _NO_SETTINGS
    named = set(_SETTING.findall(place.read_text(encoding="utf-8")))
    assert named
    assert named <= known


def test_every_command_in_the_guide_is_one():
    blocks = re.findall(r"```sh\n(.*?)```", DEPLOYMENT.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    commands = [line.partition("tresen ")[2] for line in lines if re.search(r"(^|/)tresen ", line)]
    assert len(commands) >= 4
    for line in commands:
        parse(shlex.split(line, comments=True))
