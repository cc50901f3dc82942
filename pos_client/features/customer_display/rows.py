"""The two rows of a pole display: what was rung up last and the sum, then what is due, then the change."""

from __future__ import annotations

from dataclasses import replace

from pos_client.features.customer_display.state import CustomerState

COLUMNS = 20
_AMOUNTS = ("amount", "given", "total")


def pole_rows(state: CustomerState, *, euro: bool = True) -> tuple[str, str]:
    """Both rows, each at most `COLUMNS` wide; amounts stand at the right and are never cut. `euro` is whether the
    display has the euro sign.
    """
    if not euro:
        plain = {name: getattr(state, name).replace("€", "EUR") for name in _AMOUNTS}
        state = replace(state, **plain)
    if state.phase == "idle":
        return _middle(state.greeting), _middle(state.shop)
    if state.phase == "paid":
        lower = _middle(state.thanks)
        return (_pair(state.caption, state.amount) if state.amount else _middle(state.shop)), lower
    if state.phase == "pay":
        given = _pair(state.given_caption, state.given) if state.given else ""
        if state.notice:
            return _middle(state.notice), _pair(state.caption, state.amount)
        if given:
            return given, _pair(state.caption, state.amount)
        return _middle(state.shop), _pair(state.caption, state.amount)
    last = state.lines[-1] if state.lines else None
    upper = _pair(last.name, last.amount) if last is not None else _middle(state.shop)
    return upper, _pair(state.caption, state.amount)


def _pair(text: str, amount: str) -> str:
    room = max(COLUMNS - len(amount) - 1, 0)
    return f"{text[:room].rstrip():<{room}} {amount}" if room else amount[-COLUMNS:]


def _middle(text: str) -> str:
    return text[:COLUMNS].center(COLUMNS).rstrip()
