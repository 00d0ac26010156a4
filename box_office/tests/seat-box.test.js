import assert from "node:assert/strict";
import test from "node:test";

import { areAllChosen, boxBetween, changeSeats, seatsIn } from "../../static/js/console/seat-box.js";
import { Choice } from "../../static/js/seat-map/choice.js";

/** Two rows of four seats, 10 apart: 1 to 4, and 5 to 8 below them. */
const SEATS = Array.from({ length: 8 }, (_, at) => ({ id: at + 1, x: (at % 4) * 10, y: at < 4 ? 0 : 10, category: 1, flags: 0 }));

function makeChoice({ limit = 500, taken = [], chosen = [] } = {}) {
  const offers = [{ type: { id: 9 }, amount: 20 }];
  const hall = { seats: new Map(SEATS.map((seat) => [seat.id, seat])), areas: [], offersOf: () => offers };
  const choice = new Choice(hall, limit, []);
  choice.update(taken, {});
  for (const id of chosen) choice.toggle(id);
  return choice;
}

const idsIn = (box) => seatsIn(SEATS, box).map(({ id }) => id);
const chosenIn = (choice) => [...choice.seats.keys()];

test("a box holds the seats with their centers in it, whichever corner came first", () => {
  const corners = [{ x: 5, y: -5 }, { x: 25, y: 15 }];
  assert.deepEqual(idsIn(boxBetween(...corners)), [2, 3, 6, 7]);
  assert.deepEqual(idsIn(boxBetween(...corners.toReversed())), [2, 3, 6, 7]);
  assert.deepEqual(idsIn(boxBetween({ x: 25, y: -5 }, { x: 5, y: 15 })), [2, 3, 6, 7]);
});

test("two seats as corners are in their box, and no seat beside them", () => {
  assert.deepEqual(idsIn(boxBetween(SEATS[6], SEATS[1], 4.5)), [2, 3, 6, 7]);
  assert.deepEqual(idsIn(boxBetween(SEATS[3], SEATS[3], 4.5)), [4]);
});

test("a box between rows holds nothing", () => {
  assert.deepEqual(idsIn(boxBetween({ x: -5, y: 2 }, { x: 50, y: 8 })), []);
});

test("free seats are added to what is chosen, taken ones are passed over", () => {
  const choice = makeChoice({ taken: [2], chosen: [8, 3] });
  assert.deepEqual(changeSeats(choice, [1, 2, 3, 4]), { added: 2, removed: 0, left: 0 });
  assert.deepEqual(chosenIn(choice), [8, 3, 1, 4]);
});

test("seats that are all chosen are taken out again, and others stay", () => {
  const choice = makeChoice({ taken: [2], chosen: [1, 3, 4, 8] });
  assert.ok(areAllChosen(choice, [1, 2, 3, 4]));
  assert.deepEqual(changeSeats(choice, [1, 2, 3, 4]), { added: 0, removed: 3, left: 0 });
  assert.deepEqual(chosenIn(choice), [8]);
});

test("a row that a first click has opened is taken out when that is asked for", () => {
  const choice = makeChoice({ chosen: [2, 3, 4] });
  assert.deepEqual(changeSeats(choice, [1, 2, 3, 4], true), { added: 0, removed: 3, left: 0 });
  assert.deepEqual(chosenIn(choice), []);
});

test("where nothing can be chosen, nothing changes and nothing is told", () => {
  const choice = makeChoice({ taken: [1, 2], chosen: [8] });
  choice.addEventListener("change", () => assert.fail());
  assert.deepEqual(changeSeats(choice, [1, 2]), { added: 0, removed: 0, left: 0 });
  assert.deepEqual(changeSeats(choice, []), { added: 0, removed: 0, left: 0 });
  assert.ok(!areAllChosen(choice, [1, 2]));
});

test("the limit cuts off what is new, never what was chosen, and says how much", () => {
  const choice = makeChoice({ limit: 4, chosen: [8, 7] });
  assert.deepEqual(changeSeats(choice, [1, 2, 3, 4]), { added: 2, removed: 0, left: 2 });
  assert.deepEqual(chosenIn(choice), [8, 7, 1, 2]);
  assert.deepEqual(changeSeats(choice, [1, 2, 3, 4]), { added: 0, removed: 0, left: 2 });
  assert.equal(choice.count, 4);
});

test("one change is told, however many seats it has", () => {
  const choice = makeChoice();
  let times = 0;
  choice.addEventListener("change", () => {
    times += 1;
  });
  changeSeats(choice, [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(times, 1);
  assert.ok(chosenIn(choice).every((id) => choice.seats.get(id) === 9));
});
