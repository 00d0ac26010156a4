import assert from "node:assert/strict";
import { test } from "node:test";

import { People } from "../../../static/js/seat-editor/draft/people.js";

/** @param {string} page */
function person(page) {
  return { page, name: page, is_self: false, since: "", selection: [] };
}

test("everyone has a color of their own, and keeps it while others come and go", () => {
  const people = new People();
  const [anna, ben, cleo] = ["anna", "ben", "cleo"].map(person);
  people.meet([anna, ben]);
  const color = people.colorOf(ben);
  assert.notEqual(people.colorOf(anna), color);
  people.meet([ben]);
  people.meet([ben, cleo]);
  assert.equal(people.colorOf(ben), color);
  assert.notEqual(people.colorOf(cleo), color);
});

test("where there are more people than colors, the colors are shared", () => {
  const people = new People();
  const crowd = Array.from({ length: 20 }, (_, at) => person(`page ${at}`));
  people.meet(crowd);
  assert.match(people.colorOf(crowd[19]), /^#[0-9a-f]{6}$/);
});
