"""What the status bar shows, ready to show. Tones are `ok`, `warning`, `danger` and `muted`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatusState:
    """Each part is words and a tone; `sync_detail` says what stopped the upload and what to do next.

    Texts of parts that need not be looked at are empty. `training` is empty outside of training.
    """

    sync_text: str = ""
    sync_tone: str = "muted"
    sync_detail: str = ""
    fiscal_text: str = ""
    fiscal_tone: str = "muted"
    copy_text: str = ""
    copy_tone: str = "muted"
    place: str = ""
    date_text: str = ""
    time_text: str = ""
    operator: str = ""
    initials: str = ""
    training: str = ""
