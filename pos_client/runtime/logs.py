"""Structured logs, one JSON line each, on stderr: stdout belongs to the answers of a command."""

from __future__ import annotations

import sys

import structlog


def log_to_stderr() -> None:
    """Set the log of this process up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
