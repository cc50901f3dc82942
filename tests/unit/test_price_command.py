"""`tresen price` as somebody calls it: where it reads from, and how it refuses."""

import argparse
import io
import json
import sys
from types import SimpleNamespace

import pytest

from pos_client.app import cli_price

REQUEST = {
    "context": {"at": "2026-11-25T12:00:00+01:00"},
    "lines": [{"id": "1", "sku": "A-1", "quantity": "1", "price": "10.00"}],
    "promotions": [{"id": "P1", "reward": {"percent": "10"}}],
}


@pytest.fixture
def call(monkeypatch, capsys):
    def run(*words, given=""):
        parser = argparse.ArgumentParser()
        cli_price.add_arguments(parser)
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(given.encode())))
        status = cli_price.run(parser.parse_args(words))
        return status, capsys.readouterr().out

    return run


def test_lines_without_a_file_are_read_from_standard_input(call):
    given = f"{json.dumps(REQUEST)}\nnonsense\n\n{json.dumps(REQUEST)}\n"
    status, out = call("--lines", given=given)
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [answer.get("total") for answer in answers] == ["9.00", None, "9.00"]
    assert answers[1]["error"]["code"] == "json"


def test_one_request_needs_a_name_or_a_dash(call):
    status, out = call()
    assert (status, json.loads(out)["error"]["code"]) == (2, "missing")
    status, out = call("-", given=json.dumps(REQUEST))
    assert (status, json.loads(out)["total"]) == (0, "9.00")


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_of_json_is_named_with_what_to_write_instead(call, word):
    status, out = call("-", given=f'{{"lines": [{{"price": {word}}}]}}')
    error = json.loads(out)["error"]
    assert (status, error["code"], error["path"]) == (2, "json", "")
    assert error["message"] == (
        f"not readable as JSON: {word} is no number of JSON;"
        ' write a decimal text such as "9.99", or leave the key out'
    )
