"""What models of printers differ in, as far as a receipt is concerned: letters, width, codes, cutter.

The numbers of code pages are those that the makers' ESC/POS references give for `ESC t`; tests hold them against the
tables that python-escpos has collected. One page serves a whole job: changing it within a row prints nonsense on
clones.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """A family of models. `page` is the code page that `ESC t` with `select` switches to, `columns` how many letters of
    font A a row has. `draws_qr`: it draws QR codes itself, else they are sent as pictures. `cuts`: it has a cutter,
    else the paper is fed to where it is torn off. `tables` names its table of code pages in python-escpos.
    """

    name: str
    title: str
    columns: int
    page: str = "cp858"
    select: int = 19
    draws_qr: bool = True
    cuts: bool = True
    tables: tuple[str, ...] = ()


STANDARD = PrinterProfile("standard", "ESC/POS", 42, tables=("default",))
_ALL = (
    STANDARD,
    PrinterProfile("epson-tm-t88", "Epson TM-T88 III–VII", 42, tables=("TM-T88III", "TM-T88V")),
    PrinterProfile("epson-tm-t20", "Epson TM-T20 II/III", 48, tables=("TM-T20II",)),
    PrinterProfile("epson-tm-m30", "Epson TM-m30 II/III", 48, tables=("default",)),
    PrinterProfile("star-escpos", "Star TSP100/650, mC-Print", 48),
    PrinterProfile("bixolon", "Bixolon SRP-330/350 III", 42),
    PrinterProfile("citizen", "Citizen CT-S310/CT-E651", 48, tables=("CT-S651",)),
    # Small clones know the Windows page at 16; some of them have no page with the euro at 19, few a QR code, none a
    # cutter.
    PrinterProfile(
        "generic-58",
        "58 mm (ESC/POS)",
        32,
        page="cp1252",
        select=16,
        draws_qr=False,
        cuts=False,
        tables=("POS-5890", "NT-5890K", "ZJ-5870"),
    ),
)
PROFILES = {profile.name: profile for profile in _ALL}
