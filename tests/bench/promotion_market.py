"""A seeded market of baskets and promotions: what the speed of the promotion engine is measured on.

4,000 articles in 12 departments, 168 categories, 300 brands; baskets of 30 lines from 3 to 6 departments, 70 % of
the lines single pieces, 5 % weighed. Around each basket stand promotions that touch it: their number is log-normal
with median 20 and 60 at p99; a fifth are bundles, 13 % tiers, half reductions of pieces (15 % of these limited),
10 % basket stage, 8 % benefits; a fifth are stacked, exclusive or grouped. The rest published do not match it.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

ARTICLES, DEPARTMENTS, CATEGORIES, BRANDS, TAGS = 4_000, 12, 168, 300, 40
LINES = 30
MEDIAN, P99 = 20, 60
_SIGMA = math.log(P99 / MEDIAN) / 2.326
_ENDINGS = (99, 95, 90, 49, 0)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the market."""

    sku: str
    department: int
    category: int
    brand: int
    tags: tuple[str, ...]
    price: int


class Market:
    """Articles, baskets and promotions of one seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        per_department = CATEGORIES // DEPARTMENTS
        self.articles = []
        for number in range(ARTICLES):
            category = self.dice.randrange(CATEGORIES)
            price = int(self.dice.lognormvariate(3.2, 0.7)) * 100 + self.dice.choice(_ENDINGS)
            tags = tuple(f"t{self.dice.randrange(TAGS)}" for _ in range(self.dice.randrange(3)))
            self.articles.append(
                Article(
                    f"A{number}",
                    category // per_department,
                    category,
                    self.dice.randrange(BRANDS),
                    tags,
                    price,
                )
            )

    def basket(self, lines: int = LINES, pieces: int | None = None) -> list[Json]:
        """The lines of one basket; `pieces` spread over them evenly, or as customers buy."""
        dice = self.dice
        chosen = set(dice.sample(range(DEPARTMENTS), dice.randint(3, 6)))
        pool = [article for article in self.articles if article.department in chosen]
        made = []
        for number, article in enumerate(dice.sample(pool, lines)):
            if pieces is not None:
                quantity = str(pieces // lines)
            elif dice.random() < 0.05:
                quantity = f"{dice.randint(100, 2500) / 1000:.3f}"
            else:
                quantity = "1" if dice.random() < 0.74 else str(dice.choice((2, 2, 2, 3, 3, 4, 6)))
            made.append(
                {
                    "id": str(number + 1),
                    "sku": article.sku,
                    "quantity": quantity,
                    "price": f"{article.price / 100:.2f}",
                    "tax": "19",
                    "categories": [f"c{article.category}", f"d{article.department}"],
                    "brand": f"b{article.brand}",
                    "tags": list(article.tags),
                }
            )
        return made

    def around(self, basket: list[Json], number: int | None = None) -> list[Json]:
        """Promotions that touch a basket."""
        if number is None:
            number = min(max(int(self.dice.lognormvariate(math.log(MEDIAN), _SIGMA)), 1), 150)
        return [self.promotion(f"P{place:05}", basket) for place in range(number)]

    def elsewhere(self, number: int) -> list[Json]:
        """Promotions on articles that nobody buys here."""
        made = []
        for place in range(number):
            lines = [
                {"sku": f"X{self.dice.randrange(100_000)}", "categories": [f"x{place}", "y"], "brand": f"z{place}",
                 "tags": [f"u{place}"], "price": f"{self.dice.randint(500, 20000) / 100:.2f}"}
                for _ in range(8)
            ]  # fmt: skip
            promotion = self.promotion(f"X{place:05}", lines)
            if promotion.get("stage", "item") != "item":
                promotion["take"] = {"brands": [f"z{place}"]}
            made.append(promotion)
        return made

    def promotion(self, identity: str, lines: list[Json]) -> Json:
        """One promotion around some lines."""
        dice = self.dice
        promotion: Json = {"id": identity, "priority": dice.randint(0, 3)}
        kind = dice.random()
        if kind < 0.20:
            promotion |= self._bundle(lines)
        elif kind < 0.33:
            promotion |= {"take": self._select(lines), "reward": self._tiers(lines)}
        elif kind < 0.82:
            promotion |= {"take": self._select(lines), "reward": self._off(lines)}
            if dice.random() < 0.15:
                promotion["limit"] = {"pieces": dice.randint(1, 4)}
        elif kind < 0.92:
            promotion |= self._receipt()
        else:
            promotion |= self._benefit(lines)
        if promotion.get("stage") != "benefit" and dice.random() < 0.2:
            way = dice.random()
            if way < 0.4 and (
                "bundle" not in promotion["reward"] and "tiers" not in promotion["reward"]
            ):
                promotion["combine"] = "stack"
            elif way < 0.5:
                promotion["combine"] = "exclusive"
            else:
                promotion["group"] = f"g{dice.randint(1, 4)}"
        return promotion

    def _select(self, lines: list[Json]) -> Json:
        dice, line = self.dice, self.dice.choice(lines)
        kind = dice.random()
        if kind < 0.45:
            chosen = dice.sample(lines, min(dice.randint(1, 4), len(lines)))
            others = [f"A{dice.randrange(ARTICLES)}" for _ in range(dice.randint(0, 30))]
            skus = [line["sku"] for line in chosen]
            return {"skus": skus + (others if skus[0].startswith("A") else [])}
        if kind < 0.72:
            return {"categories": [line["categories"][0]]}
        if kind < 0.84:
            return {"brands": [line["brand"]]}
        if kind < 0.90 and line["tags"]:
            return {"tags": line["tags"][:1]}
        return {"categories": [line["categories"][1]]}

    def _off(self, lines: list[Json]) -> Json:
        dice = self.dice
        kind = dice.random()
        if kind < 0.7:
            return {"percent": str(dice.choice((5, 10, 15, 20, 25, 30, 40, 50)))}
        if kind < 0.9:
            return {"amount": dice.choice(("1.00", "2.00", "5.00", "10.00"))}
        return {"price": f"{float(dice.choice(lines)['price']) * 0.8:.2f}"}

    def _tiers(self, lines: list[Json]) -> Json:
        dice = self.dice
        first, second = dice.choice(((2, 3), (2, 4), (3, 5)))
        low, high = dice.choice(((10, 20), (5, 15), (20, 30)))
        if dice.random() < 0.25:
            value = float(dice.choice(lines)["price"])
            steps = [
                {"from": f"{value * 1.5:.2f}", "percent": str(low)},
                {"from": f"{value * 3:.2f}", "percent": str(high)},
            ]
            return {"tiers": {"by": "spend", "steps": steps}}
        steps = [{"from": first, "percent": str(low)}, {"from": second, "percent": str(high)}]
        mode = "each" if dice.random() < 0.25 else "all"
        return {"tiers": {"by": "quantity", "mode": mode, "steps": steps}}

    def _bundle(self, lines: list[Json]) -> Json:
        dice = self.dice
        kind = dice.random()
        if kind < 0.4:
            size = dice.choice((2, 3, 3, 4))
            sets = [{"of": self._select(lines), "quantity": size}]
            how: Json = {"cheapest": {"percent": dice.choice(("100", "100", "50"))}}
        elif kind < 0.6:
            sets = [
                {"of": self._select(lines), "quantity": 1},
                {"of": self._select(lines), "quantity": 1},
            ]
            how = {"reduce": {"set": 1, "percent": dice.choice(("100", "50", "30"))}}
        elif kind < 0.8:
            sets = [{"of": self._select(lines), "quantity": dice.choice((1, 2, 3))}]
            if dice.random() < 0.5:
                sets.append({"of": self._select(lines), "quantity": 1})
            mean = sum(float(line["price"]) for line in lines) / len(lines)
            number = sum(each["quantity"] for each in sets)
            how = {"price": f"{mean * number * 0.8:.2f}"}
        elif kind < 0.9:
            sets = [{"of": self._select(lines), "quantity": dice.choice((2, 3))}]
            how = {"amount": dice.choice(("3.00", "5.00", "10.00"))}
        else:
            sets = [
                {"of": self._select(lines), "quantity": 2},
                {"of": self._select(lines), "quantity": 1},
            ]
            how = {"percent": dice.choice(("15", "25"))}
        return {"reward": {"bundle": {"sets": sets, **how}}}

    def _receipt(self) -> Json:
        dice = self.dice
        goal = dice.choice((50, 100, 200, 300, 500, 1000))
        kind = dice.random()
        found: Json = {"stage": "basket", "take": {}}
        if dice.random() < 0.5:
            found["take"] = {
                "categories": [f"d{number}" for number in dice.sample(range(DEPARTMENTS), 4)]
            }
        if kind < 0.4:
            return found | {
                "reward": {"percent": str(dice.choice((5, 10, 15)))},
                "if": [{"spend": f"{goal}.00"}],
            }
        if kind < 0.7:
            return found | {
                "reward": {"amount": f"{goal // 10}.00"},
                "if": [{"spend": f"{goal}.00"}],
            }
        if kind < 0.85:
            return found | {
                "reward": {"each": {"spend": f"{goal}.00", "amount": f"{goal // 10}.00"}}
            }
        steps = [
            {"from": f"{goal}.00", "percent": "5"},
            {"from": f"{goal * 2}.00", "percent": "10"},
        ]
        return found | {"reward": {"tiers": {"by": "spend", "steps": steps}}}

    def _benefit(self, lines: list[Json]) -> Json:
        dice = self.dice
        reward = dice.choice(
            (
                {"points": {"per": "1.00", "give": 1}},
                {"points_factor": "2"},
                {"wallet": {"percent": "3"}},
                {"voucher": {"amount": "5.00", "valid_days": 30}},
            )
        )
        return {"stage": "benefit", "take": self._select(lines), "reward": reward}
