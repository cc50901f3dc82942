"""The replay of real receipts, as a person starts it, and killed wherever it hurts."""

import csv
import json
import lzma
import os
import random
import sqlite3
import time

import pytest

from tests.support.processes import (
    CENTRE,
    ROOT,
    TILL,
    environment,
    free_port,
    kill_all,
    nothing_left,
    run,
    start,
)

LONG = os.environ.get("TRESEN_LONG") == "1"
SOURCE = ROOT / "resources" / "demo" / "online_retail_2010-12_2011-08.csv.xz"
WORDS = ("--store", "RT01", "--till", "RT01-T1")


@pytest.fixture
def receipts(tmp_path):
    """Some forty real invoices with cancellations, and some that are to be refused."""
    path = tmp_path / "receipts.csv"
    with lzma.open(SOURCE, "rt", encoding="utf-8", newline="") as source:
        rows = [row for _, row in zip(range(900), csv.reader(source), strict=False)]
    rows += [
        [
            "A1",
            "B",
            "Adjust bad debt",
            "1",
            "2010-12-02 10:00:00",
            "11062.06",
            "",
            "United Kingdom",
        ],
        ["900001", "85123A", "MISSING", "-5", "2010-12-02 10:00:00", "0", "", "United Kingdom"],
        ["900002", "85123A", "FREE", "1", "2010-12-02 10:01:00", "0", "", "United Kingdom"],
        [
            "900003",
            "85123A",
            "HALF A PENNY",
            "3",
            "2010-12-02 10:02:00",
            "0.005",
            "",
            "United Kingdom",
        ],
        ["C900004", "85123A", "BACK", "-2", "2010-12-02 10:03:00", "2.55", "", "United Kingdom"],
        ["900005", "23166", "A HALL", "74215", "2010-12-02 10:04:00", "1.04", "", "United Kingdom"],
        ["C900006", "23166", "BACK", "-74215", "2010-12-02 10:05:00", "1.04", "", "UK"],
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.fixture
def home(tmp_path):
    with nothing_left(tmp_path / "home"):
        yield tmp_path / "home"


def refs(home):
    journal = sqlite3.connect(home / "tills" / "RT01-T1" / "journal.db")
    rows = journal.execute("SELECT ref FROM journal_event WHERE ref IS NOT NULL").fetchall()
    journal.close()
    return [row[0] for row in rows]


def check(home, env, receipts, summary):
    facts = dict(line.split() for line in summary.splitlines())
    verified = run(TILL, "replay", str(receipts), *WORDS, "--verify", env=env)
    assert "all equal" in verified
    total = next(line for line in verified.splitlines() if line.startswith("sum"))
    assert facts["revenue"] == total.split()[1]
    journalled = refs(home)
    assert len(journalled) == len(set(journalled)) == int(facts["invoices"])
    days = json.loads(run(CENTRE, "figures", "--store", "RT01", "--json", env=env))["days"]
    assert sum(day["receipts"] for day in days) == int(facts["invoices"])
    assert sum(day["lines"] for day in days) == int(facts["lines"])
    assert sum(day["returns"] for day in days) == int(facts["returns"])
    assert "agree" in run(CENTRE, "figures", "--verify", env=env)
    assert "nothing is waiting" in run(CENTRE, "exceptions", "list", env=env)
    return facts


def test_real_receipts_arrive_to_the_penny(home, receipts):
    env = environment(home, free_port())
    facts = check(home, env, receipts, run(TILL, "replay", str(receipts), *WORDS, env=env))
    assert facts["refused"] == "2"
    assert {path.name for path in receipts.parent.iterdir()} == {"home", receipts.name}
    with (home / "replay-receipts.csv.errors.csv").open(encoding="utf-8", newline="") as file:
        refused = list(csv.DictReader(file))
    assert {row["invoice"]: row["column"] for row in refused}.items() >= {
        "A1": "InvoiceNo",
        "900001": "Quantity",
    }.items()
    again = run(TILL, "replay", str(receipts), *WORDS, env=env)
    assert dict(line.split() for line in again.splitlines()) == facts
    check(home, env, receipts, again)


@pytest.mark.skipif(not LONG, reason="the whole file takes minutes")
def test_the_whole_file_arrives_to_the_penny_within_ten_minutes(home):
    env = environment(home, free_port())
    check(home, env, SOURCE, run(TILL, "replay", str(SOURCE), *WORDS, env=env, seconds=600))


def test_killed_anywhere_and_started_again_the_result_is_the_same(home, receipts):
    env = environment(home, free_port())
    chance = random.Random(20101201)
    victims = [
        "replay",
        "pos_client.sync",
        "server",
        "scheduler",
        "replay",
        "server",
        "pos_client.sync",
    ]
    process = start(TILL, "replay", str(receipts), *WORDS, env=env)
    struck = 0
    deadline = time.monotonic() + 60
    journal = home / "tills" / "RT01-T1" / "journal.db"
    while not journal.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    for victim in victims:
        time.sleep(chance.uniform(0.3, 1.5))
        struck += kill_all(str(home), victim)
        if process.poll() is not None:
            process.communicate()
            process = start(TILL, "replay", str(receipts), *WORDS, env=env)
            time.sleep(1.5)
    out, err = process.communicate(timeout=240)
    if process.returncode != 0:
        out = run(TILL, "replay", str(receipts), *WORDS, env=env)
    assert struck >= 4, err[-2000:]
    check(home, env, receipts, out)


def test_a_till_that_joined_anew_does_not_ring_the_same_receipts_up_again(home, tmp_path):
    short = tmp_path / "short.csv"
    with lzma.open(SOURCE, "rt", encoding="utf-8", newline="") as source:
        short.write_text("".join(line for _, line in zip(range(40), source, strict=False)))
    env = environment(home, free_port())
    first = run(TILL, "replay", str(short), *WORDS, env=env)
    folder = home / "tills" / "RT01-T1"
    folder.rename(home / "lost")
    process = start(TILL, "replay", str(short), *WORDS, env=env)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert err.splitlines()[-1].startswith("tresen replay: ")
    assert "RT01-T1" in err.splitlines()[-1]
    assert "[replay_till_rejoined]" in err.splitlines()[-1]
    assert "all equal" in run(TILL, "replay", str(short), *WORDS, "--verify", env=env)
    elsewhere = run(TILL, "replay", str(short), "--store", "RT01", "--till", "RT01-T2", env=env)
    assert elsewhere == first


def test_bad_input_is_one_clear_line_and_status_2(home, tmp_path):
    env = environment(home, free_port())
    for words in (
        ("replay", str(tmp_path / "none.csv"), *WORDS),
        ("replay", str(tmp_path), *WORDS),
        ("replay", __file__, *WORDS),
        ("replay", __file__, "--store", "rt_1", "--till", "RT01-T1"),
        ("replay", __file__),
        ("replay",),
    ):
        process = start(TILL, *words, env=env)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "Traceback" not in err
        assert len(err.strip().splitlines()) == 1
        assert err.startswith("tresen replay: ")
