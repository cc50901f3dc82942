"""How the till's commands read their words: whatever is wrong with them is said in one line. Knows no command."""

from __future__ import annotations

import argparse
from typing import NoReturn

EXIT_USAGE = 2


class LineParser(argparse.ArgumentParser):
    """A parser that complains in one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is; leave with status 2."""
        # A word that was given may itself hold a line break.
        said = " ".join(message.split())
        self.exit(EXIT_USAGE, f"{self.prog}: {said} (see {self.prog} --help)\n")
