import assert from "node:assert/strict";
import test from "node:test";

import { lookFrom } from "../../../static/js/seat-map/sightline.js";

/** Rows of 11 seats, one meter apart in every direction, in front of a stage of 8 meters; the first is 3 meters away. */
function makeHall(rows = 5, sections = 1) {
  const all = Array.from({ length: sections * rows }, (_, at) => {
    const row = { section: Math.floor(at / rows) };
    return Array.from({ length: 11 }, (_seat, number) => ({ x: number - 5, y: 3 + at + 5 * row.section, row }));
  });
  return { front: [{ x: -4, y: 0 }, { x: 4, y: 0 }], metersPerUnit: 1, all: all.flat(), seats: all };
}

const sectionOf = (seat) => seat.row.section;
const round = (value) => Math.round(value * 10) / 10;

test("a seat in the middle of the first row looks straight at the stage", () => {
  const hall = makeHall();
  const { meters, angle, rows, isOverOthers, heads } = lookFrom(hall, hall.seats[0][5], sectionOf);
  assert.deepEqual([meters, round(angle), rows, isOverOthers, heads.length], [3, 0, 0, false, 0]);
});

test("rows in front are counted along the line of sight", () => {
  const hall = makeHall();
  assert.equal(lookFrom(hall, hall.seats[4][5], sectionOf).rows, 4);
  assert.ok(lookFrom(hall, hall.seats[4][5], sectionOf).heads.length > 0);
});

test("the audience's left is negative, whichever way the plan is turned", () => {
  for (const [cos, sin] of [[1, 0], [0, 1], [-1, 0], [0, -1]]) {
    const hall = makeHall();
    const turn = ({ x, y }) => ({ x: x * cos - y * sin, y: x * sin + y * cos });
    const turned = {
      ...hall,
      front: hall.front.map(turn),
      all: hall.all.map((seat) => ({ ...seat, ...turn(seat) })),
    };
    const { angle, meters } = lookFrom(turned, turned.all[0], sectionOf);
    assert.equal(round(angle), -59);
    assert.equal(round(meters), 5.8);
  }
});

test("the first row of a section behind another one may have a rail before it", () => {
  const hall = makeHall(3, 2);
  const { rows, isOverOthers } = lookFrom(hall, hall.seats[3][5], sectionOf);
  assert.deepEqual([rows, isOverOthers], [0, true]);
  assert.equal(lookFrom(hall, hall.seats[4][5], sectionOf).isOverOthers, false);
});

test("the scale of the plan counts", () => {
  const hall = { ...makeHall(), metersPerUnit: 0.5 };
  assert.equal(lookFrom(hall, hall.seats[0][5], sectionOf).meters, 1.5);
});

test("the stage is smaller from further away, and symmetrical from the middle", () => {
  const hall = makeHall();
  const width = ({ floor }) => floor[3][0] - floor[0][0];
  const [near, far] = [0, 4].map((row) => lookFrom(hall, hall.seats[row][5], sectionOf));
  assert.ok(width(near) > width(far));
  for (const { floor } of [near, far]) {
    assert.equal(round(floor[0][0] + floor[3][0]), 160);
    assert.ok(floor[1][1] < floor[0][1]);
  }
});

test("the nearer end of the stage looks taller from the side", () => {
  const hall = makeHall();
  const { back } = lookFrom(hall, hall.seats[0][0], sectionOf);
  assert.ok(back[0][1] - back[1][1] > back[3][1] - back[2][1]);
});

test("without a stage there is no view", () => {
  const hall = { ...makeHall(), front: null };
  assert.equal(lookFrom(hall, hall.seats[0][0], sectionOf), null);
});

test("every number is finite, even from a seat on the stage or in its middle", () => {
  const row = { section: 0 };
  for (const place of [{ x: 0, y: 0 }, { x: 0, y: -3 }, { x: 4, y: 0 }, { x: -90, y: 0.01 }]) {
    const seat = { ...place, row };
    const { floor, back, figure, meters, angle } = lookFrom({ ...makeHall(), all: [seat] }, seat, sectionOf);
    for (const value of [meters, angle, ...floor.flat(), ...back.flat(), ...figure.flat()]) assert.ok(Number.isFinite(value));
  }
});
