"""The installation's settings, read once from `TRESEN_*` environment variables.

Nobody else reads the environment. Holds no secrets of people; the database URL may hold a password
and is therefore never logged, and neither is that of the mail server.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Mode = Literal["productive", "demo", "test"]


class Settings(BaseSettings):
    """What an operator decides about one installation of the centre.

    `home` is the data directory. Without `database_url` the database is a SQLite file below it.
    `mode` other than `productive` allows the business clock to be moved.
    """

    model_config = SettingsConfigDict(env_prefix="TRESEN_", extra="ignore", frozen=True)

    home: Path = Path("var")
    database_url: str = ""
    # A streaming replica of PostgreSQL from which reports are read, so that tills never wait for them.
    replica_url: str = ""
    mode: Mode = "productive"
    host: str = "127.0.0.1"
    port: int = Field(default=8400, ge=1, le=65535)
    # Outside this machine tills and browsers speak TLS: either here, or in a proxy in front.
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    behind_tls_proxy: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    long_poll_seats: int = Field(default=150, ge=0, le=2000)
    # How many digits the PINs of this chain have.
    pin_digits: int = Field(default=6, ge=4, le=8)
    # How long before they begin tills get promotions: longer than any till is without a network.
    promotion_days_ahead: int = Field(default=30, ge=1, le=366)
    provisioning_attempts_per_minute: int = Field(default=10, ge=1)
    # What one till may ask of gift cards: more than any cashier does, too few to guess numbers.
    authorisations_per_minute: int = Field(default=60, ge=1)

    # Hosts that webhooks may be sent to though they lie in a private network, with commas between them.
    webhook_allowed_hosts: str = ""

    # The mail server that scheduled reports go out through; without a host nothing is sent.
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = "tresen@localhost"

    @property
    def hosts_inside(self) -> frozenset[str]:
        """The hosts of `webhook_allowed_hosts`."""
        words = self.webhook_allowed_hosts.lower().split(",")
        return frozenset(word.strip() for word in words if word.strip())

    @property
    def central_dir(self) -> Path:
        """Where the centre keeps its files."""
        return self.home / "central"

    @property
    def keys_dir(self) -> Path:
        """Where the centre keeps its signing key and the key of the PINs; readable by its own user only."""
        return self.central_dir / "keys"

    @property
    def snapshots_dir(self) -> Path:
        """Where built snapshots of reference data lie until they are replaced."""
        return self.central_dir / "snapshots"

    @property
    def uploads_dir(self) -> Path:
        """Where files that people hand in lie for a day."""
        return self.central_dir / "uploads"

    @property
    def locks_dir(self) -> Path:
        """Where jobs take their lock files when the database is SQLite."""
        return self.central_dir / "locks"

    def resolved_database_url(self) -> str:
        """The URL of the database, with the SQLite file below `home` as the default."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.central_dir / 'tresen.db').resolve()}"
