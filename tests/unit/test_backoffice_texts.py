"""Every sentence of the pages is there in German and English, with the same names to fill in."""

import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from central_server.app.jobs import JOBS
from central_server.backoffice.assets import RESOURCES, load_assets, style_of_tokens
from central_server.backoffice.login import own_address
from central_server.backoffice.words import AUDIT_ACTIONS, AUDIT_KINDS, JOB_WORDS, reason
from central_server.features.ledger.errors import ERROR_TEXTS as LEDGER
from central_server.gateway.journal.decoding import Problem
from central_server.gateway.journal.errors import ERROR_TEXTS as JOURNAL
from central_server.platform.translations import load_texts

ROOM = Path(__file__).resolve().parents[2] / "central_server" / "backoffice"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}


def used_messages():
    for template in sorted((ROOM / "templates").glob("*.html")):
        with template.open("rb") as file:
            for _, name, message, _ in babel_extract(file, ("_", "ngettext"), [], {}):
                first = message[0] if isinstance(message, tuple) else message
                if first is not None:
                    yield first if name == "_" else tuple(message[:2])
    for module in sorted(ROOM.glob("*.py")):
        with module.open("rb") as file:
            for _, message, _, _ in extract("python", file, KEYWORDS):
                yield message if isinstance(message, str) else tuple(message[:2])
    for text in (*JOURNAL.values(), *LEDGER.values()):
        yield from filter(None, (text.message, text.what_next))


def catalogue(language):
    with (RESOURCES / "locale" / language / "LC_MESSAGES" / "centre.po").open("rb") as file:
        return read_po(file, locale=language)


def names(text):
    return sorted(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_message_is_there_and_fills_in_the_same_names(language):
    found = {message.id: message for message in catalogue(language) if message.id}
    wanted = set(used_messages())
    assert wanted - set(found) == set()
    assert set(found) - wanted == set(), "nobody uses these"
    for key, message in found.items():
        ids = key if isinstance(key, tuple) else (key,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not message.fuzzy, key
        assert len(forms) == len(ids), key
        for form in forms:
            assert form.strip(), key
            assert names(form) == names(ids[0]), key


def test_english_texts_are_their_own_ids():
    for message in catalogue("en"):
        if message.id:
            assert message.string == message.id


def test_templates_hold_no_untranslated_words():
    """What stands between tags is filled in, a sign, or a name."""
    allowed = {
        "Tresen",
        "CSV",
        "Kranich",
        "Kater",
        "Hamburg",
        "Rollkragen",
        "Wiesent",
        "Hemd",
        "Lenne",
        "Schal",
        "Murg",
    }
    found = []
    for template in sorted((ROOM / "templates").glob("*.html")):
        text = re.sub(
            r"{#.*?#}|{%.*?%}|{{.*?}}", " ", template.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        text = re.sub(r"<[^>]*>", " ", text)
        words = re.findall(r"[A-Za-zÄÖÜäöüß]{2,}", re.sub(r"&\w+;", " ", text))
        found += [f"{template.name}: {word}" for word in words if word not in allowed]
    assert found == []


def test_templates_carry_no_inline_script_and_no_inline_style():
    for template in (ROOM / "templates").glob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(
            r"<script(?! src=\"{{ asset)|<style|\sstyle=|\son\w+=|javascript:|https?://", text
        ), template.name


def test_plurals_and_fillings():
    texts = load_texts(RESOURCES / "locale", "centre")
    german = texts["de"]
    one, many = "{count} event waiting", "{count} events waiting"
    assert german.ngettext(one, many, 1, count="1") == "1 Ereignis wartet"
    assert german.ngettext(one, many, 0, count="0") == "0 Ereignisse warten"
    assert german.gettext("Not in any catalogue {n}", n=3) == "Not in any catalogue 3"
    assert texts["en"].ngettext("{n} cat", "{n} cats", 2) == "2 cats"


def test_reasons_fill_in_what_a_till_sent_without_reading_it():
    german = load_texts(RESOURCES / "locale", "centre")["de"]
    why = reason(german, "event_type_unknown", {"type": "{type} <b>%s"})
    assert why.message == "Diese Version kennt Ereignisse der Art {type} <b>%s nicht."
    assert (
        reason(german, "never_heard_of", {}).message
        == "Das Ereignis ließ sich nicht buchen (never_heard_of)."
    )
    assert Problem("a", {}).code == "a"


def test_every_job_has_a_name_and_a_sentence():
    assert {job.name for job in JOBS} - set(JOB_WORDS) == set()


RECORDED = re.compile(
    r"(?:\bAuditChange\(\s*\"(\w+)\",\s*|\b(?:audit\.)?(added|changed)\(\s*)\"(\w+)\""
)


def test_whatever_the_audit_trail_keeps_has_words():
    found = [
        (first or second, kind)
        for path in ROOM.parent.rglob("*.py")
        for first, second, kind in RECORDED.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(found) > 40
    assert {action for action, _ in found} - set(AUDIT_ACTIONS) == set()
    assert {kind for _, kind in found} - set(AUDIT_KINDS) == set()


def test_addresses_change_with_their_content(tmp_path):
    assets = load_assets()
    assert re.fullmatch(r"/static/app\.[0-9a-f]{12}\.css", assets.url("app.css"))
    sheets = [assets.files[assets.hashed[name]] for name in ("app.css", "screens.css", "pages.css")]
    style = "".join(sheet.content.decode() for sheet in sheets)
    assert "url(inter-latin-wght-normal.woff2)" not in style
    tokens = tomllib.loads((RESOURCES / "design/tokens.toml").read_text(encoding="utf-8"))
    assert "--accent: light-dark(#0B6B63, #5CC4B8)" in style_of_tokens(tokens)
    used = set(re.findall(r"var\((--[\w-]+)", style))
    assert used - set(re.findall(r"(--[\w-]+):", style)) == set()


@pytest.mark.parametrize("address", ["/", "/day/2026-11-25?store=DE01", "/a%20b"])
def test_own_addresses_pass(address):
    assert own_address(address) == address


@pytest.mark.parametrize(
    "address", ["", "day", "//x", "/\\x", "http://x", "/a b", "/a\\b", "\t//x"]
)
def test_other_addresses_lead_home(address):
    assert own_address(address) == "/"
