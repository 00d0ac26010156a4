import assert from "node:assert/strict";
import test from "node:test";

import { addBlock, addRow, addSeat, addTable, blockWithin } from "../../../static/js/seat-editor/plan/create.js";
import { chosenAreas, chosenSeats, find, keyOf, open, seatsOf, toJson } from "../../../static/js/seat-editor/plan/document.js";
import { anyDocument, chance, labels, plain, smallPlan } from "./builders.js";

const rowsOf = (plan, selection) => [...new Set(chosenSeats(plan, selection).map(({ row }) => row))];
const numbersOf = (row) => row.seats.map((seat) => seat.seat_number);
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

test("a row has as many seats as fit, at the usual distance, and the next label", () => {
  const { plan, selection } = addRow(smallPlan(), { x: 100, y: 300 }, { x: 205, y: 300 }, { section: "Stalls" });
  const seats = chosenSeats(plan, selection);
  assert.deepEqual(seats.map(({ x, y }) => [x, y]), [0, 20, 40, 60, 80, 100].map((x) => [100 + x, 300]));
  assert.equal(seats[0].row.row_number, "C");
  assert.deepEqual(numbersOf(seats[0].row), ["1", "2", "3", "4", "5", "6"]);
  assert.equal(seats[0].zone.name, "Stalls");
  assert.equal(seats[0].seat.category, "Front");
});

test("new seats, rows and zones have fresh ids, which are their keys, and open as they are", () => {
  const { plan, selection } = addBlock(smallPlan(), { x: 0, y: 0 }, { blocks: [3], rows: 2, section: "Gallery" });
  const places = chosenSeats(plan, selection);
  assert.equal(places.length, 6);
  for (const { key, seat, row, zone } of places) {
    assert.equal(seat.seat_guid, key);
    assert.equal(keyOf(row), row.uuid);
    assert.equal(keyOf(zone), zone.uuid);
  }
  const again = open(plain(plan));
  assert.deepEqual([...seatsOf(again)].map(({ key }) => key), [...seatsOf(plan)].map(({ key }) => key));
  assert.equal(plan.zones.at(-1)?.name, "Gallery");
});

test("a sloping row keeps the distance from seat to seat", () => {
  const { plan, selection } = addRow(smallPlan(), { x: 0, y: 0 }, { x: 300, y: 400 }, { pitch: 25 });
  const seats = chosenSeats(plan, selection);
  assert.equal(seats.length, 21);
  for (const [index, seat] of seats.entries()) assert.ok(distance(seat, { x: 15 * index, y: 20 * index }) < 0.001);
});

test("labels of new rows never double those of their section, in any plan", () => {
  for (let seed = 0; seed < 100; seed++) {
    const before = open(anyDocument(chance(seed)));
    const { plan, selection } = addBlock(before, { x: 0, y: 0 }, { blocks: [2, 3], rows: 4 });
    const section = chosenSeats(plan, selection)[0].zone.name;
    const old = before.zones.filter((zone) => zone.name === section).flatMap((zone) => zone.rows);
    const used = new Set(old.map((row) => row.row_number));
    const fresh = rowsOf(plan, selection).map((row) => row.row_number);
    assert.equal(new Set(fresh).size, 4);
    assert.ok(fresh.every((label) => !used.has(label)), `${fresh} after ${[...used]}`);
  }
});

test("a curved block lies on circles around one point, with its seats at the usual distance", () => {
  const radius = 200;
  const { plan, selection } = addBlock(smallPlan(), { x: 500, y: 100 }, { blocks: [11], rows: 3, radius, rotation: 30 });
  const center = { x: 500 + radius * Math.sin(Math.PI / 6), y: 100 - radius * Math.cos(Math.PI / 6) };
  for (const [index, row] of rowsOf(plan, selection).entries()) {
    const seats = row.seats.map((seat) => find(plan, seat.seat_guid));
    for (const seat of seats) assert.ok(Math.abs(distance(seat, center) - (radius + 26 * index)) < 0.01);
    const chord = 2 * (radius + 26 * index) * Math.sin(20 / (radius + 26 * index) / 2);
    for (let at = 1; at < seats.length; at++) assert.ok(Math.abs(distance(seats[at], seats[at - 1]) - chord) < 0.01);
  }
});

test("a block with an aisle has aisle seats on both of its sides, and numbers as asked for", () => {
  const options = { blocks: [2, 3], rows: 1, first: 11 };
  const made = (numbering) => {
    const { plan, selection } = addBlock(smallPlan(), { x: 0, y: 0 }, { ...options, numbering });
    return rowsOf(plan, selection)[0];
  };
  assert.deepEqual(made("left").seats.map((seat) => seat.marquee?.aisle ?? false), [false, true, true, false, false]);
  assert.deepEqual(numbersOf(made("left")), ["11", "12", "13", "14", "15"]);
  assert.deepEqual(numbersOf(made("right")), ["15", "14", "13", "12", "11"]);
  assert.deepEqual(numbersOf(made("odd-left")), ["15", "13", "11", "12", "14"]);
  assert.deepEqual(numbersOf(made("even-left")), ["14", "12", "11", "13", "15"]);
  assert.deepEqual(numbersOf(made("blocks")), ["11", "12", "111", "112", "113"]);
});

test("rows further back may be wider, and never get narrower than one seat a block", () => {
  const sizes = (wider) => {
    const { plan, selection } = addBlock(smallPlan(), { x: 0, y: 0 }, { blocks: [3, 3], rows: 3, wider });
    return rowsOf(plan, selection).map((row) => row.seats.length);
  };
  assert.deepEqual(sizes(2), [6, 8, 10]);
  assert.deepEqual(sizes(-4), [6, 2, 2]);
});

test("a drawn box says how many rows and seats", () => {
  assert.deepEqual(blockWithin({ x: 300, y: 90 }, { x: 100, y: 10 }), { at: { x: 200, y: 10 }, blocks: [11], rows: 4 });
});

test("a round table has its seats around its top", () => {
  const { plan, selection } = addTable(smallPlan(), { x: 50, y: 60 }, { seats: 8, section: "Club" });
  const seats = chosenSeats(plan, selection);
  const [top] = chosenAreas(plan, selection);
  assert.equal(seats.length, 8);
  assert.deepEqual([top.x, top.y], [50, 60]);
  for (const seat of seats) assert.ok(Math.abs(distance(seat, top) - 28.0113) < 0.01);
  assert.ok(top.area.circle.radius < 28);
  assert.equal(seats[0].row.row_number, "1");
  assert.equal(seats[0].row.marquee.table, true);
});

test("a long table is turned with its top", () => {
  const { plan, selection } = addTable(smallPlan(), { x: 0, y: 0 }, { seats: 6, shape: "long", rotation: 90, section: "Club" });
  const [top] = chosenAreas(plan, selection);
  assert.equal(top.area.rotation, 90);
  assert.deepEqual([top.x, top.y], [10, -30]);
  const xs = chosenSeats(plan, selection).map(({ x }) => x);
  assert.deepEqual(xs, [19.8, 19.8, 19.8, -19.8, -19.8, -19.8]);
});

test("a seat beside a row joins it with the next number", () => {
  const { plan, selection } = addSeat(smallPlan(), { x: 160, y: 52 });
  const [seat] = chosenSeats(plan, selection);
  assert.deepEqual([seat.x, seat.y, seat.row.row_number, seat.seat.seat_number], [160, 52, "A", "4"]);
  assert.deepEqual(numbersOf(seat.row), ["1", "2", "3", "4"]);
});

test("a seat at a row's beginning stands first in it, with a number that is free", () => {
  const { plan, selection } = addSeat(smallPlan(), { x: 80, y: 50 });
  const [seat] = chosenSeats(plan, selection);
  assert.deepEqual(numbersOf(seat.row), ["4", "1", "2", "3"]);
});

test("a seat far from all others is a row of its own", () => {
  const { plan, selection } = addSeat(smallPlan(), { x: 500, y: 500 }, { section: "Stalls" });
  const [seat] = chosenSeats(plan, selection);
  assert.deepEqual([seat.x, seat.y, seat.row.row_number, seat.row.seats.length], [500, 500, "C", 1]);
});

test("a seat is put into the row that is named, however far", () => {
  const before = smallPlan();
  const { plan, selection } = addSeat(before, { x: 500, y: 500 }, { row: keyOf(before.zones[0].rows[1]) });
  assert.equal(chosenSeats(plan, selection)[0].row.row_number, "B");
  assert.equal(new Set(labels(plan)).size, labels(plan).length);
});

test("an empty plan gets its first section", () => {
  const empty = open({ name: "New", categories: [], zones: [] });
  const { plan } = addRow(empty, { x: 0, y: 0 }, { x: 20, y: 0 });
  assert.deepEqual(labels(plan), [" A 1", " A 2"]);
  assert.equal(JSON.parse(toJson(plan)).zones.length, 1);
});
