"""Debian's Chromium, headless, for the browser tests, and axe-core to look at pages.

The browser resolves no name but this machine's, so that a page asking the network for something is
found out. A page error fails the test. Knows nothing of Tresen's pages.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
MISSING = (
    "no Chromium: install Debian's packages 'chromium' and 'libatomic1' (python3 run.py setup does it "
    "as root), or set TRESEN_TEST_CHROMIUM to the path of one"
)
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
PAGE_MILLISECONDS = 15_000
VIOLATIONS = "options => axe.run(document, options).then(result => result.violations)"


class NewPage(Protocol):
    """Open a page in a browser context of its own (no cookies of another page)."""

    def __call__(
        self,
        *,
        base_url: str | None = None,
        javascript: bool = True,
        locale: str = "de-DE",
        width: int = 1280,
        height: int = 800,
        **context_options: Any,
    ) -> Page: ...


class CheckAccessibility(Protocol):
    """Run axe-core over a page (with JavaScript) and fail with every violation it names.

    `only` runs these rules alone.
    """

    def __call__(
        self, page: Page, *, disabled_rules: tuple[str, ...] = (), only: tuple[str, ...] = ()
    ) -> None: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless browser for the session."""
    program = os.environ.get("TRESEN_TEST_CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.fail(MISSING, pytrace=False)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            headless=True,
            chromium_sandbox=not is_root,  # Chromium's sandbox refuses root
            args=ARGUMENTS,
        )
        yield browser
        browser.close()


class Tabs:
    """Opens pages, each in a browser context of its own, and keeps what their scripts raised."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._errors: list[str] = []

    def open(
        self,
        *,
        base_url: str | None = None,
        javascript: bool = True,
        locale: str = "de-DE",
        width: int = 1280,
        height: int = 800,
        **context_options: Any,
    ) -> Page:
        """A page; see `NewPage`."""
        context = self._browser.new_context(
            base_url=base_url,
            java_script_enabled=javascript,
            locale=locale,
            timezone_id="Europe/Berlin",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            **context_options,
        )
        self._contexts.append(context)
        context.set_default_timeout(PAGE_MILLISECONDS)
        context.on("weberror", lambda problem: self._errors.append(str(problem.error)))
        return context.new_page()

    def check(self) -> None:
        """Fail with what the scripts of the pages raised since it was asked last."""
        raised, self._errors = self._errors, []
        assert not raised, f"scripts of the page raised: {raised}"

    def close(self) -> None:
        """Close all of them."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[NewPage]:
    """Factory of pages; closes them after the test and fails it if a script of theirs raised."""
    tabs = Tabs(chromium)
    yield tabs.open
    tabs.close()
    tabs.check()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """Return one page, for a test that needs no more."""
    return new_page()


@pytest.fixture(scope="session")
def check_accessibility() -> CheckAccessibility:
    """Return the check; a violation's message names rule, help and the elements."""
    source = AXE.read_text(encoding="utf-8")

    def check(
        page: Page, *, disabled_rules: tuple[str, ...] = (), only: tuple[str, ...] = ()
    ) -> None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        options: dict[str, Any] = {
            "rules": {rule: {"enabled": False} for rule in disabled_rules},
            # Describing and handing over what is in order takes four times as long as looking.
            "resultTypes": ["violations"],
        }
        if only:
            options["runOnly"] = {"type": "rule", "values": list(only)}
        found = [_told(violation) for violation in page.evaluate(VIOLATIONS, options)]
        assert not found, f"axe-core at {page.url}:\n" + "\n".join(found)

    return check


def _told(violation: dict[str, Any]) -> str:
    places = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"])
    return f"{violation['id']} ({violation['impact']}): {violation['help']} at {places}"
