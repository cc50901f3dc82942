"""Texts in the reader's language: gettext catalogues from `resources/locale`, read once per process.

Message ids are the English sentences; names in braces are filled in after the translation.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

Filling = str | int

LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's texts. A message that is not in the catalogue answers with its id."""

    language: str
    messages: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]

    def gettext(self, message: str, **filling: Filling) -> str:
        """The text for a message id, its braces filled in."""
        found = self.messages.get(message)
        return fill(found[0] if found else message, filling)

    def ngettext(self, one: str, many: str, n: int, **filling: Filling) -> str:
        """The text in the form for `n` things; `n` itself may be filled in as `{n}`."""
        found = self.messages.get(one)
        text = found[self.plural(n)] if found else (one if n == 1 else many)
        return fill(text, {"n": n, **filling})


def fill(text: str, filling: Mapping[str, Filling]) -> str:
    """`text` with its names in braces replaced; values are taken as they are."""
    for name, value in filling.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def mark(message: str) -> str:
    """The message id itself: marks a text that is translated where it is shown."""
    return message


def load_texts(
    locale_dir: Path, domain: str, languages: Iterable[str] = LANGUAGES
) -> dict[str, Texts]:
    """The catalogues of `domain` by language."""
    return {
        language: _read(locale_dir / language / "LC_MESSAGES" / f"{domain}.po", language)
        for language in languages
    }


@cache
def _read(path: Path, language: str) -> Texts:
    """One catalogue; read once in a process, whose files do not change while it runs."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    messages: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        ids = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
        forms = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if ids[0] and all(forms) and not message.fuzzy:
            messages[ids[0]] = tuple(str(form) for form in forms)
    plural = gettext.c2py(catalogue.plural_expr)
    return Texts(language, messages, plural)
