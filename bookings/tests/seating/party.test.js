import assert from "node:assert/strict";
import test from "node:test";

import { Hall } from "../../../static/js/seat-map/hall.js";
import { Party } from "../../../static/js/seat-map/party.js";

globalThis.document ??= { documentElement: { lang: "en" } };
globalThis.window ??= {};

const [STALLS, BALCONY, UNSOLD] = [1, 2, 3];
const [ADULT, CHILD, COMPANION] = [10, 11, 12];

const hall = new Hall({
  view_box: [0, 0, 1, 1], pitch: 20, front: [], meters_per_unit: 1, sections: [], areas: [], decorations: [], blocked: [],
  categories: [STALLS, BALCONY, UNSOLD].map((id) => ({ id, name: String(id), color: "#000", rank: id, mark: "circle" })),
  companions: {}, currency: "EUR",
  ticket_types: [
    { id: ADULT, name: "Adult", who: "", companion: false },
    { id: CHILD, name: "Child", who: "", companion: false },
    { id: COMPANION, name: "Companion", who: "", companion: true },
  ],
  prices: { [STALLS]: { [ADULT]: "40.50", [CHILD]: "20", [COMPANION]: "0" }, [BALCONY]: { [ADULT]: "15" } },
});

/** @param {Record<string, string>} fields */
function party(fields) {
  const found = new Party(hall);
  found.read(new Map(Object.entries(fields)));
  return found;
}

test("a party pays the sum of its types, where all of them are sold", () => {
  const family = party({ [`tickets-${ADULT}`]: "2", [`tickets-${CHILD}`]: "3", quantity: "2", category: "" });
  assert.deepEqual([STALLS, BALCONY, UNSOLD].map((id) => family.totalIn(id)), [141, null, null]);
  assert.deepEqual([family.count, family.inTurn], [5, [ADULT, ADULT, CHILD, CHILD, CHILD]]);
  assert.equal(family.describe(), "2 × Adult, 3 × Child");
  assert.equal(family.in(BALCONY), "not for these tickets");
  assert.equal(family.in(STALLS), "5 tickets €141.00");
});

test("a party without types pays the usual price of each category", () => {
  const three = party({ quantity: "3" });
  assert.deepEqual([STALLS, BALCONY, UNSOLD].map((id) => three.totalIn(id)), [121.5, 45, null]);
  assert.deepEqual(three.inTurn, []);
});

test("a companion's ticket counts in a party", () => {
  assert.equal(party({ [`tickets-${ADULT}`]: "1", [`tickets-${COMPANION}`]: "1" }).totalIn(STALLS), 40.5);
});
