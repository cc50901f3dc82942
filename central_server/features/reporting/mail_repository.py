"""SQL of reports that go out by mail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from central_server.features.reporting.tables import report_mail
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork


def rows(unit: ReadUnit) -> list[Row[Any]]:
    """Every report by name."""
    query = select(report_mail).order_by(report_mail.c.name, report_mail.c.id)
    return list(unit.connection.execute(query))


def insert(unit: UnitOfWork, values: dict[str, Any]) -> int:
    """Add a report; its number."""
    query = report_mail.insert().values(**values).returning(report_mail.c.id)
    number: int = unit.connection.execute(query).scalar_one()
    return number


def update(unit: UnitOfWork, number: int, values: dict[str, Any]) -> None:
    """Change a report."""
    unit.connection.execute(report_mail.update().where(report_mail.c.id == number).values(**values))


def delete(unit: UnitOfWork, number: int) -> None:
    """Take a report away."""
    unit.connection.execute(report_mail.delete().where(report_mail.c.id == number))
