"""`tresen screens`: draws the gallery."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `screens`."""
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("screens-out"),
        help="folder for the pictures (screens-out)",
    )
    parser.add_argument("--only", default="", help="only scenes whose name contains this")


def run(options: argparse.Namespace) -> int:
    """Draw all scenes; the pages are in `OUT/index.html`."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from pos_client.app.screens.gallery import draw_gallery

    count = draw_gallery(options.out, options.only, lambda line: sys.stderr.write(f"{line}\n"))
    print(f"{count} pictures: {options.out / 'index.html'}")
    return 0
