"""Each model of printer gets letters that it has: read back with the tables of code pages that others collected.

python-escpos' tables say what a model means by `ESC t`; our own profiles are held against them, so that a wrong number
prints nonsense here and not in a shop. Star and Bixolon are not among them: theirs are Epson's numbers.
"""

import pytest
import qrcode
from escpos.capabilities import CAPABILITIES

from pos_client.devices.printer.address import parse_address
from pos_client.devices.printer.escpos import drawer_job, encode
from pos_client.devices.printer.profiles import PROFILES
from pos_client.devices.printer.simulator.decoder import PAGES, Decoder
from pos_client.devices.printer.simulator.drawing import draw
from pos_client.devices.printer.simulator.engine import Engine
from pos_client.devices.printer.simulator.operations import CutOff, Fed, Pulse, Qr, Raster
from shared.errors import DomainError
from shared.receipt.paper import Cut, Pair, Paper, QrCode, Rule, Text

LETTERS = "Grüße für Ärzte: ÄÖÜäöüß 12,34 € é è ç"
QR = "https://beispiel.example/bon/DE01-T1-1-42?x=äöü"


def tables(profile):
    """The code pages of each model of a profile, by the number that selects them."""
    encodings = CAPABILITIES["encodings"]
    for name in profile.tables:
        pages = CAPABILITIES["profiles"][name]["codePages"]
        yield (
            name,
            {
                int(number): encodings[page]["python_encode"]
                for number, page in pages.items()
                if encodings.get(page, {}).get("python_encode")
            },
        )
    if not profile.tables:
        yield "Epson", dict(PAGES)


MODELS = [
    pytest.param(profile, pages, id=f"{profile.name}-{model}")
    for profile in PROFILES.values()
    for model, pages in tables(profile)
]


def job(profile, *rows):
    return encode(Paper(profile.columns, rows), profile=profile)


def on_paper(profile, pages, *rows):
    engine = Engine(pages=pages)
    engine.take(job(profile, *rows))
    pieces = engine.roll.pieces or [engine.roll.torn]
    return pieces[0]


@pytest.mark.parametrize(("profile", "pages"), MODELS)
def test_euro_and_umlauts_come_out_on_every_model(profile, pages):
    piece = on_paper(
        profile, pages, Text(LETTERS[: profile.columns]), Pair("Summe €", "12,34 €"), Rule(), Cut()
    )
    first, second, third = piece.text(profile.columns).splitlines()[:3]
    assert first == LETTERS[: profile.columns].rstrip()
    assert second.split() == ["Summe", "€", "12,34", "€"]
    assert len(second) == profile.columns
    assert set(third) == {"─" if profile.page == "cp858" else "-"}
    assert len(third) == profile.columns
    assert piece.unknown == ()


@pytest.mark.parametrize(("profile", "pages"), MODELS)
def test_the_picture_of_the_euro_is_that_of_the_euro(profile, pages):
    """Drawn beside what a wrong page would have made of it, the sign is seen to be the right one."""
    wanted = draw(on_paper(profile, dict(PAGES) | {profile.select: profile.page}, Text("€ ß ü")))
    assert draw(on_paper(profile, pages, Text("€ ß ü"))).tobytes() == wanted.tobytes()
    assert draw(on_paper(profile, {profile.select: "cp437"}, Text("€ ß ü"))).tobytes() != (
        wanted.tobytes()
    )


def matrix_of(raster, module):
    """The modules of a QR code in a raster, without its quiet zone of four."""
    across = raster.width // 8
    rows = [raster.data[y * across : (y + 1) * across] for y in range(raster.height)]

    def dark(x, y):
        return bool(rows[y][x // 8] & 0x80 >> x % 8)

    side = raster.height // module
    return [
        [dark(x * module + module // 2, y * module + module // 2) for x in range(4, side - 4)]
        for y in range(4, side - 4)
    ]


def test_a_printer_without_qr_codes_gets_a_picture_of_one():
    small = PROFILES["generic-58"]
    operations = Decoder().feed(job(small, QrCode(QR)))
    assert not [each for each in operations if isinstance(each, Qr)]
    (raster,) = [each for each in operations if isinstance(each, Raster)]
    assert raster.width <= 384
    wanted = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    wanted.add_data(QR)
    wanted.make()
    assert matrix_of(raster, 4) == wanted.get_matrix()
    assert [
        each
        for each in Decoder().feed(job(PROFILES["bixolon"], QrCode(QR)))
        if isinstance(each, Qr)
    ]


def test_a_printer_without_a_cutter_feeds_to_where_paper_is_torn_off():
    operations = Decoder().feed(job(PROFILES["generic-58"], Text("x"), Cut()))
    assert not any(isinstance(each, CutOff) for each in operations)
    assert isinstance(operations[-1], Fed)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_every_model_opens_the_drawer(profile):
    assert Decoder().feed(drawer_job(profile)) == [Pulse(2)]


def test_the_address_says_which_model_it_is():
    address = parse_address("tcp://10.0.0.5?status=no&profile=generic-58")
    assert (address.profile.columns, address.asks, address.number) == (32, False, 9100)
    assert parse_address("usb:04b8:0202?profile=epson-tm-t20").profile.columns == 48
    assert parse_address("tcp://10.0.0.5").profile.name == "standard"
    with pytest.raises(DomainError):
        parse_address("tcp://10.0.0.5?profile=typewriter")
