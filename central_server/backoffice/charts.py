"""Bar charts as numbers for an SVG. One question per chart, baseline at zero, three to five gridlines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

_LEFT = 48
_TOP = 22
_BOTTOM = 30
_LEAST_FOR_VALUES = 40
_LETTER = 7


@dataclass(frozen=True, slots=True)
class Amount:
    """One value: what it is called, how much in minor units, where it leads and what it says when read out. `before` is
    what it is compared with, drawn as a mark; `plan` what was meant to be, drawn as a pale bar behind.
    """

    name: str
    value: int
    address: str
    spoken: str
    before: int | None = None
    plan: int | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its place; `label` is empty where there is no room."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    slot_x: int
    slot_width: int
    label: str
    label_y: int
    name: str
    address: str
    spoken: str
    mark_y: int | None = None
    plan_y: int | None = None
    plan_height: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A gridline."""

    y: int
    label: str
    is_base: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template draws."""

    width: int
    height: int
    left: int
    lines: tuple[Line, ...]
    bars: tuple[Bar, ...]
    name_y: int
    kind: str
    step: int


def bar_chart(
    amounts: Sequence[Amount],
    short: Callable[[int, int], str],
    *,
    kind: str,
    width: int,
    height: int = 300,
) -> Chart:
    """Bars for `amounts`. `short(minor, step)` writes a value of the axis briefly."""
    every_value = [0, *(amount.value for amount in amounts)]
    every_value += [amount.before for amount in amounts if amount.before is not None]
    every_value += [amount.plan for amount in amounts if amount.plan is not None]
    highest, lowest = max(every_value), min(every_value)
    step = _step(highest - lowest)
    top = -(-highest // step) * step or step
    bottom = lowest // step * step
    room = height - _TOP - _BOTTOM

    def y_of(value: int) -> int:
        return _TOP + (top - value) * room // (top - bottom)

    slot = (width - _LEFT) // max(1, len(amounts))
    bar = min(44, slot * 6 // 10)
    longest = max((len(amount.name) for amount in amounts), default=1)
    every = -(-(longest * _LETTER + 10) // max(1, slot))
    bars = []
    for index, amount in enumerate(amounts):
        slot_x = _LEFT + index * slot
        upper, lower = y_of(max(amount.value, 0)), y_of(min(amount.value, 0))
        mark_y = None if amount.before is None else y_of(amount.before)
        plan_y = None if amount.plan is None else y_of(amount.plan)
        bars.append(
            Bar(
                x=slot_x + (slot - bar) // 2,
                y=upper,
                width=bar,
                height=max(lower - upper, 1) if amount.value else 0,
                middle=slot_x + slot // 2,
                slot_x=slot_x,
                slot_width=slot,
                label=short(amount.value, step)
                if amount.value and slot >= _LEAST_FOR_VALUES
                else "",
                label_y=min(upper, upper if mark_y is None else mark_y) - 6,
                name=amount.name if index % every == 0 else "",
                address=amount.address,
                spoken=amount.spoken,
                mark_y=mark_y,
                plan_y=plan_y,
                plan_height=0 if plan_y is None else y_of(0) - plan_y,
            )
        )
    marks = range(bottom, top + 1, step)
    lines = tuple(Line(y_of(value), short(value, step), value == 0) for value in marks)
    return Chart(width, height, _LEFT, lines, tuple(bars), height - 8, kind, step)


def _step(span: int) -> int:
    """A round distance of gridlines, so that there are three to five."""
    wanted = max(span, 400) // 4
    power = 10 ** (len(str(wanted)) - 1)
    step: int = next(power * times for times in (1, 2, 5, 10) if power * times >= wanted)
    return step
