"""Reading recorded invoices: what is accepted, what is refused whole and why."""

import lzma
from datetime import date

import pytest

from pos_client.app.replay.invoices import read_file
from shared.errors import DomainError

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def write(tmp_path, *rows, name="file.csv", head=HEAD):
    text = head + "".join(row + "\n" for row in rows)
    path = tmp_path / name
    data = text.encode()
    path.write_bytes(lzma.compress(data) if name.endswith(".xz") else data)
    return path


def row(number="1", sku="A", quantity="1", price="2.55", at="2010-12-01 08:26:00"):
    return f"{number},{sku},THING,{quantity},{at},{price},,United Kingdom"


@pytest.mark.parametrize("name", ["file.csv", "file.csv.xz"])
def test_invoices_are_grouped_and_rounded_half_up(tmp_path, name):
    read = read_file(
        write(tmp_path, row(price="2.555"), row("2"), row(quantity="2", price="0.001"), name=name)
    )
    assert [(i.number, i.revenue, len(i.lines)) for i in read.accepted] == [
        ("1", 256, 2),
        ("2", 255, 1),
    ]
    assert read.accepted[0].business_date == date(2010, 12, 1)
    assert read.accepted[0].at.isoformat() == "2010-12-01T08:26:00+00:00"


def test_summer_time_is_londons(tmp_path):
    read = read_file(write(tmp_path, row(at="2011-07-01 23:30:00")))
    assert read.accepted[0].at.isoformat() == "2011-07-01T23:30:00+01:00"
    assert read.accepted[0].business_date == date(2011, 7, 1)


def test_cancellations_bring_goods_back(tmp_path):
    read = read_file(write(tmp_path, row("C5", quantity="-3")))
    assert read.accepted[0].revenue == -765


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        (row("A9", price="-5"), "InvoiceNo"),
        (row(price="-0.01"), "UnitPrice"),
        (row("C1", quantity="-1", price="-1"), "UnitPrice"),
        (row(price="cheap"), "UnitPrice"),
        (row(quantity="0"), "Quantity"),
        (row(quantity="-1"), "Quantity"),
        (row("C1", quantity="0"), "Quantity"),
        (row(quantity="1.5"), "Quantity"),
        (row(quantity="9999999999"), "Quantity"),
        (row(at="yesterday"), "InvoiceDate"),
        (row(sku=" "), "StockCode"),
        (row(number=" "), "InvoiceNo"),
    ],
)
def test_one_bad_line_refuses_the_whole_invoice(tmp_path, bad, column):
    number = bad.split(",", 1)[0]
    read = read_file(write(tmp_path, row(number), bad, row(number), row("other")))
    assert [i.number for i in read.accepted] == ["other"]
    assert len(read.refused) == 1
    assert read.refused[0].column in (column, "InvoiceNo")


def test_a_free_line_is_no_fault(tmp_path):
    assert read_file(write(tmp_path, row(price="0"))).accepted[0].revenue == 0


def test_files_that_cannot_be_read_say_why(tmp_path):
    def code(path):
        with pytest.raises(DomainError) as refused:
            read_file(path)
        return refused.value.code

    assert code(tmp_path / "none.csv") == "replay_file_missing"
    assert code(tmp_path) == "replay_file_unreadable"
    assert code(write(tmp_path, row(), head="InvoiceNo,StockCode\n")) == "replay_column_missing"
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe" + HEAD.encode())
    assert code(tmp_path / "bytes.csv") == "replay_file_unreadable"
    (tmp_path / "cut.csv.xz").write_bytes(lzma.compress(HEAD.encode() * 50)[:40])
    assert code(tmp_path / "cut.csv.xz") == "replay_file_unreadable"
    long_field = HEAD + row(sku="x" * 1_000_000) + "\n"
    (tmp_path / "long.csv").write_text(long_field)
    assert code(tmp_path / "long.csv") == "replay_file_unreadable"
    (tmp_path / "quote.csv").write_text(HEAD + '1,"A\n')
    assert code(tmp_path / "quote.csv") == "replay_file_unreadable"
