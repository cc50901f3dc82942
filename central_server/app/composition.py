"""Makes the objects that everything else is given: database, clocks, keys. Both processes start here."""

from __future__ import annotations

from central_server.platform.clock import SystemClock, business_clock
from central_server.platform.database import open_database
from central_server.platform.installation import with_stored_mode
from central_server.platform.scheduler import JobContext
from central_server.platform.security import load_pin_key, load_sealing_key, load_signing_key
from central_server.platform.settings import Settings
from shared.identity import Clock


def compose(settings: Settings, system_clock: Clock | None = None) -> JobContext:
    """Open what `settings` describe. Tests pass a clock of their own."""
    system = system_clock or SystemClock()
    database = open_database(settings.resolved_database_url(), settings.replica_url)
    settings = with_stored_mode(settings, database)
    return JobContext(
        database=database,
        settings=settings,
        system_clock=system,
        business_clock=business_clock(system, database, settings.mode),
        signing_key=load_signing_key(settings.keys_dir),
        pin_key=load_pin_key(settings.keys_dir),
        sealing_key=load_sealing_key(settings.keys_dir),
    )
