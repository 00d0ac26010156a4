import assert from "node:assert/strict";
import test from "node:test";

import { Hall } from "../../../static/js/seat-map/hall.js";
import { placeNames } from "../../../static/js/seat-map/names.js";

const PITCH = 20;

/**
 * A hall of blocks, each turned around the middle of the hall.
 * @param {number[]} turns  degrees
 */
function makeHall(turns) {
  let id = 0;
  const sections = turns.map((turn, run) => {
    const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
    const rows = Array.from({ length: 5 }, (_row, row) => ({
      label: String(row + 1),
      marks: [],
      seats: Array.from({ length: 12 }, (_seat, at) => {
        const [x, y] = [(at - 5.5) * PITCH, 500 + row * 26];
        return [(id += 1), String(at + 1), 1, x * cos - y * sin, x * sin + y * cos, 0, run * 9 + row, at];
      }),
    }));
    return { name: `Block ${run + 1}`, rows };
  });
  const decorations = [];
  return new Hall({
    view_box: [-800, -800, 1600, 1600], pitch: PITCH, front: [], meters_per_unit: 1, categories: [], sections, areas: [], decorations,
    blocked: [], companions: {}, currency: "EUR", ticket_types: [], prices: {},
  });
}

test("the name of a section that is turned is turned with its rows", () => {
  const names = placeNames(makeHall([0, -30, 40]));
  assert.deepEqual(names.map(({ name, isOver }) => [name, isOver]), [["Block 1", false], ["Block 2", false], ["Block 3", false]]);
  const turns = names.map(({ turn }) => Math.round(turn));
  assert.deepEqual(turns, [0, -30, 40]);
});

test("no name covers a seat or another name", () => {
  for (let turn = 25; turn <= 90; turn += 13) {
    const hall = makeHall(Array.from({ length: Math.floor(360 / turn) }, (_, at) => at * turn));
    const names = placeNames(hall).filter(({ isOver }) => !isOver);
    assert.ok(names.length);
    for (const { x, y } of names) {
      assert.equal(hall.nearest(x, y, PITCH), null);
      assert.equal(names.filter((other) => Math.hypot(other.x - x, other.y - y) < PITCH).length, 1);
    }
  }
});

test("a hall of one section needs no name", () => {
  assert.deepEqual(placeNames(makeHall([0])), []);
});
