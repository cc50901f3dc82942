"""Reading a walk backward from its end: along the steps that lose at most a slack, to the claims behind them."""

from __future__ import annotations

from collections.abc import Sequence

from shared.promotions.chain import Chain
from shared.promotions.labels import Label, Labels, Whole, keep
from shared.promotions.walk import Close, Layer, Trace, Walk, repeated
from shared.promotions.work import Work

Combo = tuple[tuple[int, int], ...]
"""Class and promotion of each claimed piece, in order."""


class Backward:
    """The steps of a walk that lose at most `slack`. `exact`: whether prices are known with each claim."""

    def __init__(self, chain: Chain, slack: int, work: Work, *, exact: bool) -> None:
        self.chain = chain
        self.slack = slack
        self.work = work
        self.exact = exact

    def labels(self, walk: Walk) -> dict[int, list[Label]]:
        """For each set of promotions used: the claims that come first, or tie where prices are not known yet."""
        values = walk.values
        best = walk.best or 0
        here: Labels = {
            (state, 0): [Label(best - values[state], 0, 0, None)]
            for state in walk.ends
            if best - values[state] <= self.slack
        }
        for place in range(len(walk.traces) - 1, -1, -1):
            trace = walk.traces[place]
            if trace.again:
                block = walk.traces[place - trace.period + 1 : place + 1]
                here = self._repeat(block, trace.again, here)
            here = self._back(trace, here)
        return {used: many for (_, used), many in here.items()}

    def _repeat(self, block: Sequence[Trace], times: int, here: Labels) -> Labels:
        """The labels some blocks earlier; once one block leads back to the same state, all others do as well."""
        while times:
            start = here
            for trace in reversed(block):
                here = self._back(trace, here)
            times -= 1
            more = repeated(start, here, times) if times else None
            if more is not None:
                return more
        return here

    def _back(self, trace: Trace, here: Labels) -> Labels:
        """The labels one step earlier."""
        step, into, after, before = trace.step, trace.into, trace.after, trace.before
        there: Labels = {}
        slack = self.slack
        for (state, used), many in here.items():
            reached = after[state] + many[0].loss
            for previous, gain, tag, took in into[state]:
                loss = reached - gain - before[previous]
                if loss > slack:
                    continue
                if isinstance(step, Close):
                    # Of the states that fall back to one, some were worth less.
                    closed = [label.losing(loss) for label in many]
                    self._keep(there, (previous, used), closed)
                elif tag is None:
                    self._free(there, step, previous, used, many, loss)
                else:
                    mask = used | took | (1 << tag[0] if tag[0] >= 0 else 0)
                    more = [label.after(step.index, tag, loss) for label in many]
                    self._keep(there, (previous, mask), more)
        return there

    def _free(
        self,
        there: Labels,
        layer: Layer,
        state: Whole,
        used: int,
        many: list[Label],
        loss: int,
    ) -> None:
        """The ways to treat a piece no machine takes: each promotion for single pieces, or none."""
        slack = self.slack
        best = layer.alone
        for single in layer.singles:
            lost = loss + best - single.gain
            if lost > slack:
                break
            tag = (single.bit, 0, 0, single.price, 0, -1)
            mask = used | single.took | 1 << single.bit
            more = [label.after(layer.index, tag, lost) for label in many]
            self._keep(there, (state, mask), more)
        if loss + best <= slack:
            price, took = self.chain.final(layer.index, layer.price)
            tag = (-1, 0, 0, price, 0, -1)
            more = [label.after(layer.index, tag, loss + best) for label in many]
            self._keep(there, (state, used | took), more)

    def _keep(self, there: Labels, key: tuple[Whole, int], many: list[Label]) -> None:
        self.work.spend(len(many) + keep(there, key, many, exact=self.exact))


def combos(walk: Walk, mask: int, slack: int, work: Work) -> list[tuple[int, Combo]]:
    """What some promotions (`mask` of bits) may claim together so that at most `slack` is lost: loss and pieces.

    Those that lose least come first.
    """
    best = walk.best or 0
    here: dict[tuple[Whole, Combo], int] = {
        (state, ()): best - walk.values[state]
        for state in walk.ends
        if best - walk.values[state] <= slack
    }
    for trace in reversed(walk.traces):
        there: dict[tuple[Whole, Combo], int] = {}
        index = trace.step.index if isinstance(trace.step, Layer) else -1
        for (state, combo), loss in here.items():
            reached = trace.after[state] + loss
            ways = trace.into[state]
            work.spend(len(ways))
            for previous, gain, tag, _ in ways:
                lost = reached - gain - trace.before[previous]
                if lost > slack:
                    continue
                claimed = combo
                if tag is not None and tag[0] >= 0 and mask >> tag[0] & 1:
                    claimed = tuple(sorted((*combo, (index, tag[0]))))
                key = (previous, claimed)
                known = there.get(key)
                if known is None or lost < known:
                    there[key] = lost
        here = there
    found: dict[Combo, int] = {}
    for (_, combo), loss in here.items():
        found[combo] = min(loss, found.get(combo, loss))
    return sorted((loss, combo) for combo, loss in found.items())
