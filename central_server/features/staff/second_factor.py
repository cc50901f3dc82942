"""The second proof at signing in: codes of an app on the person's telephone, and recovery codes for its loss."""

from __future__ import annotations

from datetime import datetime

from central_server.features.staff import second_factor_repository as repository
from central_server.platform.one_time_codes import matching_step, new_secret, seal, unseal
from central_server.platform.security import normal_code, random_code, token_digest
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError

RECOVERY_CODES = 10
_PURPOSE = "second factor"


def has_second_factor(unit: ReadUnit, staff_id: str) -> bool:
    """Whether signing in asks this person for a code."""
    row = repository.factor_row(unit, staff_id)
    return row is not None and row.confirmed_at is not None


def protected_staff(unit: ReadUnit) -> set[str]:
    """The numbers of everybody whom signing in asks for a code."""
    return repository.confirmed_staff(unit)


def offer(unit: UnitOfWork, key: bytes, staff_id: str, at: datetime) -> bytes:
    """A new secret for the person's app; it counts once `confirm` saw a code of it.

    `key` seals the secret in the database. `DomainError('second_factor_on')` if there is one already.
    """
    if has_second_factor(unit, staff_id):
        raise DomainError("second_factor_on")
    secret = new_secret()
    repository.delete_factor(unit, staff_id)
    repository.insert_factor(
        unit,
        {
            "staff_id": staff_id,
            "sealed_secret": seal(key, _PURPOSE, secret),
            "last_step": 0,
            "offered_at": at,
        },
    )
    return secret


def offered(unit: ReadUnit, key: bytes, staff_id: str) -> bytes | None:
    """The secret that was offered and is not confirmed yet."""
    row = repository.factor_row(unit, staff_id)
    if row is None or row.confirmed_at is not None:
        return None
    return unseal(key, _PURPOSE, row.sealed_secret)


def confirm(unit: UnitOfWork, key: bytes, staff_id: str, code: str, at: datetime) -> list[str]:
    """Switch the second factor on; the recovery codes, shown this once.

    `DomainError('second_factor_code_wrong')`, 403, if the code is not the app's.
    """
    if offered(unit, key, staff_id) is None or not _app_code_right(unit, key, staff_id, code, at):
        raise DomainError("second_factor_code_wrong", http_status=403)
    repository.confirm(unit, staff_id, at)
    return new_recovery_codes(unit, staff_id)


def new_recovery_codes(unit: UnitOfWork, staff_id: str) -> list[str]:
    """Fresh recovery codes; earlier ones end."""
    codes = [random_code(groups=2, size=5) for _ in range(RECOVERY_CODES)]
    repository.replace_recovery_codes(unit, staff_id, (_digest(staff_id, code) for code in codes))
    return codes


def recovery_codes_left(unit: ReadUnit, staff_id: str) -> int:
    """How many recovery codes somebody has left."""
    return repository.count_recovery_codes(unit, staff_id)


def accept_code(unit: UnitOfWork, key: bytes, staff_id: str, code: str, at: datetime) -> bool:
    """Whether this is the person's code now: of the app, or a recovery code. Each counts once."""
    if not has_second_factor(unit, staff_id):
        return False
    if _app_code_right(unit, key, staff_id, code, at):
        return True
    return repository.use_recovery_code(unit, staff_id, _digest(staff_id, code))


def switch_off(unit: UnitOfWork, staff_id: str) -> bool:
    """Forget the second factor; whether there was one."""
    was_on = has_second_factor(unit, staff_id)
    repository.delete_factor(unit, staff_id)
    return was_on


def _app_code_right(unit: UnitOfWork, key: bytes, staff_id: str, code: str, at: datetime) -> bool:
    row = repository.factor_row(unit, staff_id)
    if row is None:
        return False
    secret = unseal(key, _PURPOSE, row.sealed_secret)
    step = matching_step(secret, normal_code(code), at, row.last_step)
    return step is not None and repository.use_step(unit, staff_id, step)


def _digest(staff_id: str, code: str) -> str:
    return token_digest(f"{staff_id} {normal_code(code)}")
