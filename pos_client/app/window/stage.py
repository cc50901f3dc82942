"""What every desk of the window gets: the look, the words, the tasks, the shell and the till behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pos_client.app.composition import Till
from pos_client.app.paying import Paying
from pos_client.app.periphery.bench import Bench
from pos_client.app.periphery.hub import Periphery
from pos_client.app.printing import Printing
from pos_client.app.translations import TillTexts
from pos_client.app.window.shell import Shell
from pos_client.features.promotions.ports import Question, Trace
from pos_client.features.settings.state import SettingsState
from pos_client.features.stock_lookup.presenter import LookupPresenter
from pos_client.kit.look import Look
from pos_client.runtime.tasks import Tasks


class Explain(Protocol):
    """Says why promotions hold or do not."""

    def __call__(self, question: Question, *, everything: bool) -> Trace:
        """See `Explainer.explain`."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`till` may be used in the lane `till` only, `lookup` and `explain` in the lane `look` only; `words` are the GUI
    thread's own. Of `paying` the state of its desks may be read anywhere, all else belongs into the lane `till`.

    `hub` are the devices, `bench` finds and tries them and waits for them, in the lane `devices` only.

    `use_settings` makes the window look as the settings say.
    """

    look: Look
    words: TillTexts
    tasks: Tasks
    shell: Shell
    till: Till
    lookup: LookupPresenter
    printing: Printing
    hub: Periphery
    bench: Bench
    explain: Explain
    paying: Paying
    use_settings: Callable[[SettingsState], None]

    @property
    def currency(self) -> str:
        """The currency of the store."""
        return self.till.identity.store.currency
