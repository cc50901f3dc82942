"""Every error of till and domain has a sentence, and what to do next, in both languages."""

import ast
import re
from pathlib import Path

import pytest

from pos_client.app.translations import LANGUAGES, TillTexts, catalogue
from pos_client.sync.uploader import STOPPING
from shared.errors import DomainError, EnvironmentProblem
from shared.journal.types import EVENT_TYPES
from shared.vouchers.card import REFUSALS

ROOT = Path(__file__).resolve().parents[2]
FIELDS = re.compile(r"{(\w+)}")
RAISED = {"DomainError", "EnvironmentProblem"}
# Codes that are put together at run time, and such as come from the centre and are shown here.
BUILT = {
    f"{room}_{what}"
    for room in ("journal", "reference")
    for what in ("disk_full", "corrupt", "busy", "io_error")
} | {"journal_unreadable", *REFUSALS.values()}
FROM_CENTRE = {
    *STOPPING,
    "signature_wrong",
    "signature_stale",
    "protocol_unsupported",
    *(f"giftcard_{why}" for why in ("unknown", "short", "amount_invalid", "currency_differs")),
    *(f"purse_{why}" for why in ("short", "amount_invalid")),
    *(f"customer_{why}" for why in ("unknown", "card_blocked", "card_replaced")),
    "points_not_redeemable",
    "validation_failed",
    "ledger_account_closed",
    *(f"code_{why}" for why in ("exhausted", "kept", "given_back", "differs")),
    *(
        f"voucher_{why}"
        for why in (
            "unknown",
            "not_booked",
            "blocked",
            "expired",
            "spent",
            "held",
            "other_customer",
            "currency_differs",
            "no_payment",
            "amount_invalid",
        )
    ),
    *(f"authorisation_{why}" for why in ("differs", "unknown", "currency_foreign")),
}


def errors_made():
    """Yield (path, call) for each error that is made."""
    for folder in ("shared", "pos_client"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RAISED:
                    yield path.relative_to(ROOT).as_posix(), node


def has_constant_code(call):
    return bool(call.args) and isinstance(call.args[0], ast.Constant)


def raised_codes():
    """Yield (code, names of its parameters or None) for each error that is made."""
    for _, call in errors_made():
        if has_constant_code(call):
            yield call.args[0].value, _parameters(call)


def _parameters(call):
    if len(call.args) < 2:
        return set()
    if isinstance(call.args[1], ast.Dict):
        return {key.value for key in call.args[1].keys if isinstance(key, ast.Constant)}
    return None


def test_codes_are_constants_where_the_error_is_made():
    """So that the test below sees each of them. Where a code is put together, `BUILT` names what comes of it."""
    built = {path for path, call in errors_made() if not has_constant_code(call)}
    assert built == {
        "pos_client/app/code_desk.py",  # as the domain or the centre said it, in people's words
        "pos_client/app/code_line.py",  # as the centre said it
        "pos_client/app/foreign_returns.py",  # so too
        "pos_client/app/gift_desk.py",  # so too
        "pos_client/app/pay_steps.py",  # so too
        "pos_client/storage/sqlite.py",
        "shared/vouchers/card.py",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_sentence_and_what_next(language):
    codes = {code for code, _ in raised_codes()} | BUILT | FROM_CENTRE
    assert len(codes) > 80
    wanted = {f"error.{code}" for code in codes} | {f"error.{code}.next" for code in codes}
    assert sorted(wanted - set(catalogue(language))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_has_two_sentences(language):
    files = (ROOT / "resources" / "locale" / language / "LC_MESSAGES").glob("*.po")
    for path in files:
        keys = re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)
        assert sorted(key for key in set(keys) if keys.count(key) > 1) == [], path.name


def test_the_languages_have_the_same_keys_and_values():
    german, english = catalogue("de"), catalogue("en")
    assert set(german) == set(english)
    differing = {
        key
        for key in german
        if set(FIELDS.findall(german[key])) != set(FIELDS.findall(english[key]))
    }
    assert differing == set()


def test_sentences_ask_only_for_values_that_come_with_the_error():
    english = catalogue("en")
    for code, given in raised_codes():
        asked = set(FIELDS.findall(english[f"error.{code}"] + english[f"error.{code}.next"]))
        if given is not None:
            assert asked <= given, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_receipt_has_a_name(language):
    kinds = {n for n in EVENT_TYPES if n.endswith(".completed") or n.startswith("receipt.")}
    named = {key.removeprefix("kind.") for key in catalogue(language) if key.startswith("kind.")}
    assert kinds - {"receipt.reprinted"} == named


def test_amounts_in_errors_are_shown_as_money():
    texts = TillTexts("de", "DE", "EUR")
    said, next_step = texts.error(DomainError("tender_short", {"due": 1990}))
    assert said == "Es fehlen noch 19,90\xa0€."
    assert next_step


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_later_centre_refuses_is_said_in_a_sentence_with_its_code(language):
    why, what_next = TillTexts(language, "DE", "EUR").error(DomainError("made_up_next_year"))
    assert "made_up_next_year" in why
    assert not why.startswith("error.")
    assert what_next
    assert not what_next.startswith("error.")


def test_a_missing_value_shows_its_name():
    assert "{saved}" in TillTexts("en", "GB", "GBP").error(EnvironmentProblem("journal_corrupt"))[0]


def test_an_aside_goes_with_a_value_that_is_not_known():
    texts = TillTexts("en", "GB", "GBP")
    assert texts.text("error.centre_unreachable") == "The centre cannot be reached."
    said = texts.error(EnvironmentProblem("centre_unreachable", {"detail": "no route"}))[0]
    assert said == "The centre cannot be reached (no route)."


def test_an_unknown_key_shows_itself_and_an_unknown_language_is_english():
    texts = TillTexts("fr", "GB", "GBP")
    assert texts.language == "en"
    assert texts.text("no.such.key") == "no.such.key"


@pytest.mark.parametrize(
    ("language", "market", "minor", "code", "shown"),
    [
        ("de", "DE", 123456789, "EUR", "1.234.567,89\xa0€"),
        ("de", "DE", -5, "EUR", "−0,05\xa0€"),
        ("en", "GB", 123456, "GBP", "£1,234.56"),
        ("en", "GB", -1, "GBP", "−£0.01"),
        ("de", "AT", 100, "EUR", "€\xa01,00"),
        ("en", "ZZ", 100, "EUR", "€1.00"),
        ("en", "DE", -123456, "EUR", "−1,234.56\xa0€"),
        ("en", "AT", 100, "EUR", "1.00\xa0€"),
    ],
)
def test_amounts_follow_the_locale(language, market, minor, code, shown):
    assert TillTexts(language, market, code).money(minor, code) == shown
