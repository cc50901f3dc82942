// @medusajs/promotion's compute functions on baskets from a file: what they take off, and how long they take.
//
// Started with the folder that npm installed into and the file. The order of promotions and the choice of the function
// are those of the package's computeActions; what that reads from its database is handed over here.
"use strict";
const fs = require("node:fs");
const path = require("node:path");

const [folder, file] = process.argv.slice(2);
const home = path.join(folder, "node_modules", "@medusajs", "promotion");
const { getComputedActionsForItems, getComputedActionsForBuyGet, sortByBuyGetType } = require(
  path.join(home, "dist", "utils", "compute-actions"),
);
const { version } = JSON.parse(fs.readFileSync(path.join(home, "package.json"), "utf8"));

function compute(promotions, items) {
  const applied = new Map();
  const bought = new Map();
  const got = new Map();
  const actions = [];
  for (const promotion of [...promotions].sort(sortByBuyGetType)) {
    actions.push(
      ...(promotion.type === "buyget"
        ? getComputedActionsForBuyGet(promotion, items, applied, bought, got)
        : getComputedActionsForItems(promotion, items, applied)),
    );
  }
  return actions;
}

const told = JSON.parse(fs.readFileSync(file, "utf8"));
const found = told.cases.map(() => ({ ms: Infinity, discount: "0", lookups: 0 }));
for (let turn = 0; turn <= told.turns; turn++) {
  told.cases.forEach(({ promotions, lines }, place) => {
    const started = process.hrtime.bigint();
    const actions = compute(promotions, lines);
    const took = Number(process.hrtime.bigint() - started) / 1e6;
    if (turn > 0) found[place].ms = Math.min(found[place].ms, took);
    found[place].discount = actions.reduce((sum, action) => sum + Number(action.amount), 0).toFixed(4);
  });
}
process.stdout.write(JSON.stringify({ version, found }));
