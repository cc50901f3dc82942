"""The headless till as a process: alone on its files, and with a real centre behind it."""

import json
import re
import signal
import subprocess
import sys
from time import monotonic, sleep

import pytest

from pos_client.app.translations import catalogue
from pos_client.sync.transport import centre_is_alive
from tests.integration.till_world import PIN, World, gtin
from tests.support.processes import (
    CENTRE,
    ROOT,
    TILL,
    environment,
    free_port,
    kill_all,
    nothing_left,
    run,
    without_display,
)


class Headless:
    """Asks and answers over the process's stdin and stdout."""

    def __init__(self, data, *options, env=None):
        command = [sys.executable, "-m", TILL, "till", "--headless", "--data", str(data), *options]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        self.ready = self.answer()

    def answer(self):
        return json.loads(self.process.stdout.readline())

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer()

    def do(self, what, **fields):
        return self.say(json.dumps({"do": what, **fields}))

    def end(self):
        self.process.stdin.close()
        last = [json.loads(line) for line in self.process.stdout]
        assert self.process.wait(30) == 0
        self.process.stdout.close()
        return last

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def data(tmp_path):
    return World(tmp_path / "till", articles=9).paths.root


def test_a_day_at_the_till(data):
    till = Headless(data, "--no-sync", "--clock", "2026-11-25T09:00:00+01:00")
    assert till.ready["event"] == "ready"
    assert till.do("scan", code=gtin(1))["code"] == "login_required"
    assert till.do("login", staff="101", pin="0")["code"] == "login_refused"
    assert till.do("login", staff="101", pin=PIN)["event"] == "logged_in"
    assert till.do("open_shift", float="100")["receipt_number"] == "1-1"
    assert till.do("scan", code=gtin(3))["total"] == 300
    assert till.do("add", code="S2", quantity=2, price="1.5", reason="stain")["total"] == 600
    assert till.do("quantity", line=2, quantity="3")["total"] == 750
    assert till.do("note", line=1, text="gift")["line"]["note"] == "gift"
    assert till.do("void", line=1)["total"] == 450
    assert till.do("undo")["total"] == 750
    assert till.do("park", label="coat")["event"] == "parked"
    assert till.do("parked")["baskets"][0]["label"] == "coat"
    assert till.do("recall")["lines"] == 2
    assert till.do("tender", amount="20")["change"] == 1250
    assert till.do("clock", at="2026-11-25T09:05:00+01:00")["event"] == "clock"
    done = till.do("finish")
    assert (done["receipt"]["number"], done["change"]) == ("1-2", 1250)
    assert done["receipt"]["finished_at"] == "2026-11-25T09:05:00+01:00"
    page = till.do("receipt")["text"]
    assert "Kein Kassenbeleg" in page
    assert "Rückgeld" in page
    assert till.do("return", code="S1", reason="broken")["total"] == -100
    assert till.do("cancel", reason="keeps it")["event"] == "cancelled"
    assert till.do("reprint", number="1-2")["number"] == "1-2"
    assert len(till.do("search", text="schal")["articles"]) == 9
    assert till.do("stock", code="S3")["levels"][0]["quantity"] == "-1"
    assert till.do("cash_move", kind="bank", amount="50", reason="safe")["event"] == "cash_moved"
    assert till.do("close_shift", counted="57.50")["code"] == "shift_unsent"
    closed = till.do("close_shift", counted="57.50", unsent_ok=True)
    assert closed["difference"] == "0,00\xa0€"
    assert till.do("null_receipt")["receipt_number"] == "1-4"
    assert till.do("close_day")["event"] == "day_closed"
    status = till.do("status")
    assert (status["next_receipt"], status["second_copy"], status["unsent"] > 5) == (
        5,
        "none",
        True,
    )
    assert status["second_copy_text"] == "Es ist keine Zweitkopie eingerichtet"
    assert till.do("wait_synced", timeout_s=0)["code"] == "sync_timeout"
    assert [answer["event"] for answer in till.end()] == ["ended"]


def test_bad_lines_are_answered_and_nothing_crashes(data):
    till = Headless(data, "--no-sync")
    for line, code in (
        ("nonsense", "intent_malformed"),
        ("[1]", "intent_malformed"),
        ("{}", "intent_field_wrong"),
        ('{"do":5.5e3000}', "intent_unknown"),
        ('{"do":"dance"}', "intent_unknown"),
        ('{"do":"__class__"}', "intent_unknown"),
        ('{"do":"scan"}', "intent_field_wrong"),
        ('{"do":"scan","code":[1]}', "intent_field_wrong"),
        ('{"do":"void","line":"1"}', "intent_field_wrong"),
        ('{"do":"clock","at":"2026-01-01"}', "intent_field_wrong"),
        ('{"do":"tender","kind":"beads"}', "tender_unknown"),
        ('{"do":"scan","code":"' + "9" * 1_500_000 + '"}', "intent_too_long"),
        ("[" * 100_000, "intent_malformed"),
    ):
        answer = till.say(line)
        assert (answer["event"], answer["code"]) == ("error", code)
        assert answer["text"]
        assert answer["what_next"]
    till.process.stdin.buffer.write(b'{"do":"scan","code":"\xff\xfe"}\n')
    till.process.stdin.buffer.flush()
    assert till.answer()["event"] == "error"
    assert till.do("status")["event"] == "status"
    till.end()


def test_an_open_receipt_survives_end_and_kill(data):
    till = Headless(data, "--no-sync")
    till.do("login", staff="101", pin=PIN)
    till.do("scan", code=gtin(1))
    till.end()
    till = Headless(data, "--no-sync")
    assert till.ready["open_lines"] == 1
    till.do("login", staff="101", pin=PIN)
    till.do("scan", code=gtin(2))
    till.kill()
    till = Headless(data, "--no-sync")
    assert [row["sku"] for row in till.do("basket")["rows"]] == ["S1", "S2"]
    till.end()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("till", "--data", "{empty}", "--headless"), "not_provisioned"),
        (("till", "--data", "{empty}"), "display_missing"),
        (("sync", "--data", "{empty}"), "not_provisioned"),
        (
            (
                "provision",
                "--data",
                "{empty}",
                "--server",
                "http://centre.example",
                "--code",
                "ABCD",
            ),
            "tls_required",
        ),
        (
            ("provision", "--data", "{empty}", "--server", "http://127.0.0.1:9", "--code", "ABCD"),
            "centre_unreachable",
        ),
        (("till", "--till", "DE_01", "--headless"), "till_id_invalid"),
    ],
)
def test_what_cannot_start_says_why_in_one_line(tmp_path, words, code):
    given = [word.format(empty=tmp_path / "empty") for word in words]
    done = subprocess.run(
        [sys.executable, "-m", TILL, *given],
        cwd=ROOT,
        env=without_display(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert code in done.stderr
    assert "Traceback" not in done.stderr


def test_every_intent_is_documented():
    page = (ROOT / "docs" / "headless.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) - {"do"}
    source = (ROOT / "pos_client" / "app" / "intents.py").read_text(encoding="utf-8")
    assert told == {*re.findall(r"def do_(\w+)\(", source), "quit"}
    assert "article_unknown" in page
    assert "error.article_unknown" in catalogue("en")


# --- with a real centre ---------------------------------------------------------------------------

PIN_THERE = "482913"


def centre(env, *words, typed=""):
    """One of the centre's commands, with what is typed into it."""
    done = subprocess.run(
        [sys.executable, "-m", CENTRE, *words],
        cwd=ROOT,
        env=env,
        input=typed,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def serve(env):
    """Start the centre's server; it is killed with whatever else belongs to the data directory."""
    command = [sys.executable, "-m", CENTRE, "server", "--port", env["TRESEN_PORT"]]
    quiet = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    STARTED.append(subprocess.Popen(command, cwd=ROOT, env=env, **quiet))
    wait_for(lambda: centre_is_alive(env["TRESEN_SERVER"]))


STARTED: list[subprocess.Popen] = []


def wait_for(question, seconds=60):
    deadline = monotonic() + seconds
    while not (answer := question()):
        assert monotonic() < deadline, "waited too long"
        sleep(0.1)
    return answer


@pytest.fixture
def shop(tmp_path):
    """A store with goods and staff at a running centre; its environment, and the till's data directory."""
    home = tmp_path / "home"
    with nothing_left(home):
        port = free_port()
        env = environment(home, port)
        env["TRESEN_SERVER"] = f"http://127.0.0.1:{port}"
        facts = ("--market", "DE", "--currency", "EUR", "--timezone", "Europe/Berlin")
        centre(env, "store", "add", "DE01", "--name", "Kranich & Kater", *facts)
        centre(env, "staff", "add", "101", "--name", "Mia", "--role", "cashier", "--store", "DE01")
        centre(env, "staff", "set-pin", "101", typed=f"{PIN_THERE}\n")
        goods = tmp_path / "goods.csv"
        goods.write_text(
            "article_no,name_de,vat_category,barcode,price\n"
            f"4711,Schal Möwe,standard,{gtin(1)},19.90\n"
            f"4712,Mütze,standard,{gtin(2)},9.90\n",
            encoding="utf-8",
        )
        centre(env, "import", "catalogue", str(goods), "--currency", "EUR")
        serve(env)
        yield env, home / "tills" / "DE01-T1"
    for process in STARTED:
        process.wait()
    STARTED.clear()


def join(env, data):
    code = centre(env, "till-code", "--store", "DE01", "--till", "DE01-T1").strip()
    words = ("--data", str(data), "--server", env["TRESEN_SERVER"], "--code", code)
    return run(TILL, "provision", *words, env=env), words


def logged_in(data, env):
    till = Headless(data, env=env)
    wait_for(lambda: till.do("search", text="schal").get("articles"))  # the last feed to arrive
    # The secret for PINs comes on its own way; without it nobody is let in, and no try is counted.
    wait_for(lambda: till.do("login", staff="101", pin=PIN_THERE)["event"] == "logged_in")
    return till


def figures(env):
    return json.loads(centre(env, "figures", "--store", "DE01", "--json"))


def test_sales_reach_a_real_centre_once_whatever_is_killed(shop):
    env, data = shop
    said, words = join(env, data)
    assert "till DE01-T1 incarnation 1" in said
    again = subprocess.run(
        [sys.executable, "-m", TILL, "provision", *words], env=env, cwd=ROOT, capture_output=True
    )
    assert again.returncode == 2
    till = logged_in(data, env)
    assert till.do("scan", code=gtin(1))["line"]["name"] == "Schal Möwe"
    till.do("tender", amount="50")
    assert till.do("finish")["change"] == 3010
    assert till.do("wait_synced", timeout_s=60, booked=True)["event"] == "synced"

    till.do("scan", code=gtin(2))
    till.do("tender")
    assert kill_all(env["TRESEN_HOME"], "pos_client.sync") == 1
    assert kill_all(env["TRESEN_HOME"], "central_server") >= 1
    assert till.do("finish")["event"] == "finished"
    till.kill()
    serve(env)
    till = logged_in(data, env)
    assert till.do("wait_synced", timeout_s=90, booked=True)["event"] == "synced"
    days = figures(env)["days"]
    assert [(day["gross"], day["receipts"]) for day in days] == [(2980, 2)]

    centre(env, "prices", "set", "4711", "12.50", "--currency", "EUR")
    wait_for(lambda: till.do("search", text="4711")["articles"][0]["price"].startswith("12,50"))
    till.end()


def test_a_till_joined_anew_goes_on_in_a_new_incarnation(shop):
    env, data = shop
    join(env, data)
    till = logged_in(data, env)
    till.do("scan", code=gtin(1))
    till.do("tender")
    assert till.do("finish")["receipt"]["id"] == "DE01-T1-1-1"
    till.do("wait_synced", timeout_s=60)
    till.end()
    said, _ = join(env, data)
    assert "incarnation 2" in said
    till = logged_in(data, env)
    till.do("scan", code=gtin(1))
    till.do("tender")
    assert till.do("finish")["receipt"]["id"] == "DE01-T1-2-1"
    assert till.do("wait_synced", timeout_s=60, booked=True)["event"] == "synced"
    till.end()
    assert figures(env)["days"][0]["receipts"] == 2
