"""Plans as files: what goes out comes back, what is wrong is said by its cell, and stores of others stay out."""

import io
import re
from datetime import date, datetime

import openpyxl
import pytest

from central_server.features.reporting import plans
from central_server.platform.unit_of_work import reading
from tests.integration.test_backoffice_pages import at_desk, desk, words  # noqa: F401 - fixture

HEAD = "Filiale;Name;2026-10;2026-11"


def hand_in(desk, content, name="plan.csv", **fields):  # noqa: F811 - the fixture's value
    data = {"form_token": desk.form_token(), **fields}
    return desk.client.post("/plan/file", data=data, files={"file": (name, content)})


def kept(chain):
    with reading(chain.context.database) as unit:
        return plans.plans_of_year(unit, 2026, ["DE01", "AT01", "UK01"])


def test_what_goes_out_comes_in_again(chain, desk):  # noqa: F811
    desk.send("/plan?year=2026", **{"DE01.11": "3.000", "UK01.1": "75"})
    out = desk.get("/plan.csv?year=2026")
    assert "DE01;Hamburg;;;;;;;;;;;3000;" in out.text
    changed = out.text.replace("3000", "4.500").replace("UK01;Bath;75", "UK01;Bath;")
    answer = hand_in(desk, changed.encode())
    assert answer.headers["location"] == "/plan?year=2026&saved=1"
    assert kept(chain) == {("DE01", 11): 450_000}
    assert words(desk.get("/audit?kind=plan")).count("UK01 2026-01") == 2


def test_a_workbook_is_read_too_and_other_months_stay(chain, desk):  # noqa: F811
    desk.send("/plan?year=2026", **{"DE01.1": "10"})
    book = workbook(["Filiale", "2026-11"], ["DE01", 2500])
    assert hand_in(desk, book, "plan.xlsx").status_code == 303
    assert kept(chain) == {("DE01", 1): 1_000, ("DE01", 11): 250_000}


def test_of_several_filled_sheets_one_is_asked_for_and_the_only_one_is_read(chain, desk):  # noqa: F811
    notes = ["Notizen", "vom Vorjahr"]
    book = workbook(["Filiale", "2026-11"], ["DE01", 2500], sheets={"Entwurf": [notes], "Leer": []})
    answer = hand_in(desk, book, "plan.xlsx")
    assert answer.status_code == 422
    assert "Mehrere Blätter sind gefüllt: »Sheet«, »Entwurf«." in words(answer)
    assert re.findall('<option value="(Sheet|Entwurf|Leer)"', answer.text) == ["Sheet", "Entwurf"]
    assert kept(chain) == {}
    assert "kein Blatt »Plan«" in words(hand_in(desk, book, "plan.xlsx", sheet="Plan"))
    assert "Keine Spalte ist ein Monat" in words(hand_in(desk, book, "plan.xlsx", sheet="Entwurf"))
    assert hand_in(desk, book, "plan.xlsx", sheet="Sheet").status_code == 303
    assert kept(chain) == {("DE01", 11): 250_000}

    second = workbook(sheets={"Plan": [["Filiale", "2026-11"], ["DE01", 3000]]})
    assert hand_in(desk, second, "plan.xlsx").status_code == 303
    assert kept(chain) == {("DE01", 11): 300_000}


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (f"{HEAD}\nDE01;;1;viel", "plan.csv", "Zeile 2, 2026-11: »viel« ist kein ganzer Betrag"),
        (f"{HEAD}\nDE01;;1;2\nXX99;;1;2", "plan.csv", "Zeile 3, Filiale: »XX99« ist keine Ihrer"),
        (f"{HEAD}\nDE01;;-1;2", "plan.csv", "»-1« ist kein ganzer Betrag"),
        (f"{HEAD}\nDE01;;1;2500,50", "plan.csv", "2026-11: »2500,50« ist kein ganzer Betrag"),
        (f"{HEAD}\nDE01;;1,250;2", "plan.csv", "2026-10: »1,250« kann zweierlei heißen"),
        ("Filiale;Januar\nDE01;1", "plan.csv", "Keine Spalte ist ein Monat wie 2026-01."),
        ("", "plan.csv", "Diese Datei ist leer."),
        ("x", "plan.exe", "die auf .csv oder .xlsx endet"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(chain, desk, content, name, said):  # noqa: F811
    answer = hand_in(desk, content.encode(), name)
    assert answer.status_code == 422
    assert said in words(answer)
    assert kept(chain) == {}


def workbook(*rows, sheets=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, others in (sheets or {}).items():
        sheet = book.create_sheet(title)
        for row in others:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("cell", "minor"),
    [(2500.5, None), (1.125, None), (True, None), ("2.500", 250_000), (2500.0, 250_000)],
)
def test_a_number_of_a_workbook_is_no_text(chain, desk, cell, minor):  # noqa: F811
    answer = hand_in(desk, workbook(["Filiale", "2026-11"], ["DE01", cell]), "plan.xlsx")
    if minor is None:
        assert f"Zeile 2, 2026-11: »{cell}« ist kein ganzer Betrag" in words(answer)
    assert kept(chain) == ({} if minor is None else {("DE01", 11): minor})


@pytest.mark.parametrize(
    ("typed", "minor", "said"),
    [
        ("2500,50", None, "»2500,50« ist kein ganzer Betrag"),
        ("2,500", None, "»2,500« kann zweierlei heißen"),
        ("2500,00", 250_000, ""),
        ("2.500", 250_000, ""),
        ("12'500", 1_250_000, ""),
    ],
)
def test_typed_plans_are_read_as_the_language_writes_them(chain, desk, typed, minor, said):  # noqa: F811
    answer = desk.send("/plan?year=2026", **{"DE01.11": typed})
    assert answer.status_code == (422 if said else 303)
    assert said in words(answer)
    assert kept(chain) == ({} if said else {("DE01", 11): minor})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Filiale;2026-01;2026-2\nDE01;11;22", "Zeile 1, 2026-2: »2026-2« ist kein Monat"),
        (b"Filiale;2026-01;Jan 26\nDE01;11;", "Zeile 1, 2026-01: »2026-01« steht zweimal"),
        (b"Filiale;2026-01\nDE01;11\nDE01;99", "Zeile 3, Filiale: »DE01« steht zweimal"),
        (b"Filiale;2026-01;2026-02\nDE01;11", "Zeile 2, 2026-02: Die Zeile endet vor dieser"),
        (b"Filiale;2026-01\nDE01;11;22", "Zeile 2: »22« steht in keiner Spalte"),
        (b"Filiale;;2026-01\nDE01;22;11", "Zeile 2: »22« steht in keiner Spalte"),
        (
            workbook(["Filiale", "2026-01"], ["UK01", 1], ['="DE01"', "=1+1"]),
            "Zeile 3: Diese Formel hat kein Ergebnis.",
        ),
        (
            workbook(["Filiale", "2026-01"], ["DE01", "=1+1"]),
            "Zeile 2, 2026-01: Diese Formel hat kein Ergebnis.",
        ),
        (
            workbook(["Filiale", "2026-01", datetime(2026, 2, 15)], ["DE01", 1, 2]),
            "»2026-02-15 00:00:00« ist kein Monat",
        ),
    ],
)
def test_no_plan_of_a_file_is_lost_silently(chain, desk, content, said):  # noqa: F811
    desk.send("/plan?year=2026", **{"DE01.1": "10", "DE01.2": "20"})
    name = "plan.xlsx" if content.startswith(b"PK") else "plan.csv"
    answer = hand_in(desk, content, name)
    assert answer.status_code == 422
    assert said in words(answer)
    assert kept(chain) == {("DE01", 1): 1_000, ("DE01", 2): 2_000}


def test_months_are_read_as_spreadsheets_write_them(chain, desk):  # noqa: F811
    book = workbook(["Filiale", datetime(2026, 1, 1), date(2026, 2, 1), "2026-03"], ["DE01", 1, 2])
    assert hand_in(desk, book, "plan.xlsx").status_code == 303
    text = "Filiale;Mrz 26;Apr-26;01.05.2026;2026-06-01;Juli 2026\nDE01;3;4;5;6;7"
    assert hand_in(desk, text.encode()).status_code == 303
    assert kept(chain) == {("DE01", month): month * 100 for month in range(1, 8)}


def test_who_plans_nothing_hands_nothing_in(chain):
    manager = at_desk(chain, "5")
    assert hand_in(manager, f"{HEAD}\nDE01;;1;2".encode()).status_code == 403
    assert "AT01" not in manager.get("/plan.csv?year=2026").text
