import assert from "node:assert/strict";
import test from "node:test";

import { labelAfter, labelsFrom, nextLabels } from "../../../static/js/seat-editor/plan/labels.js";

test("letters and numbers count on, without I and O", () => {
  const after = { A: "B", H: "J", N: "P", Z: "AA", AZ: "BA", a: "b", z: "aa", 9: "10", "Box 9": "Box 10", Loge: "Loge 2" };
  for (const [label, next] of Object.entries(after)) assert.equal(labelAfter(label), next);
});

test("labels that have an I or O go on with them", () => {
  assert.deepEqual(labelsFrom(3, { start: "I" }), ["I", "J", "K"]);
  assert.deepEqual(nextLabels(["H", "I"], 2), ["J", "K"]);
});

test("letters can all be used, and can count down", () => {
  assert.deepEqual(labelsFrom(3, { start: "H", skip: "" }), ["H", "I", "J"]);
  assert.deepEqual(labelsFrom(4, { start: "C", step: -1 }), ["C", "B", "A", "A"]);
  assert.deepEqual(labelsFrom(3, { start: "9", step: -4 }), ["9", "5", "1"]);
});

test("the alphabet of 24 letters counts like numbers do", () => {
  const labels = labelsFrom(24 + 24 * 24 + 1);
  assert.equal(new Set(labels).size, labels.length);
  assert.deepEqual([labels[23], labels[24], labels.at(-2), labels.at(-1)], ["Z", "AA", "ZZ", "AAA"]);
});

test("the next labels follow the highest of the kind used last, and take none that is used", () => {
  assert.deepEqual(nextLabels([], 2), ["A", "B"]);
  assert.deepEqual(nextLabels([], 2, "1"), ["1", "2"]);
  assert.deepEqual(nextLabels(["C", "B", "A"], 2), ["D", "E"]);
  assert.deepEqual(nextLabels(["A", "B", "1", "2"], 1), ["3"]);
  assert.deepEqual(nextLabels(["9", "10"], 1), ["11"]);
  assert.deepEqual(nextLabels(["Loge 2", "Loge"], 2), ["Loge 3", "Loge 4"]);
});
