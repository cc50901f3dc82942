"""What the shop set for this till, in `till.json` of its data directory."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.errors import EnvironmentProblem


class TillSettings(BaseModel):
    """`language` before anybody logged in (empty: the store's first); `second_copy` a folder on another disk."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str = ""
    second_copy: Path | None = None


def load_settings(path: Path) -> TillSettings:
    """The settings; all defaults without a file, `EnvironmentProblem('settings_malformed')` for a wrong one."""
    try:
        return TillSettings.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return TillSettings()
    except (ValidationError, OSError) as error:
        raise EnvironmentProblem(
            "settings_malformed", {"file": str(path), "detail": str(error).splitlines()[0][:120]}
        ) from error
