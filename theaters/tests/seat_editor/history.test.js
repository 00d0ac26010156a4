import assert from "node:assert/strict";
import { test } from "node:test";

import { History } from "../../../static/js/seat-editor/history.js";

test("steps are undone and done again, each by its words", () => {
  const history = new History("empty");
  history.push("a row", "row added");
  history.push("a row bent", "bent");

  assert.equal(history.undo(), "bent");
  assert.equal(history.state, "a row");
  assert.equal(history.redo(), "bent");
  assert.equal(history.undo(), "bent");
  assert.equal(history.undo(), "row added");
  assert.equal(history.undo(), null);
  assert.equal(history.state, "empty");
});

test("a new step forgets what was undone", () => {
  const history = new History(0);
  history.push(1, "one");
  history.undo();
  history.push(2, "two");

  assert.equal(history.redo(), null);
  assert.equal(history.canRedo, false);
  assert.equal(history.state, 2);
});

test("someone else's change stays when one's own is undone", () => {
  const history = new History(["ours"]);
  history.push(["ours", "more"], "more");
  history.rebase((state) => [...state, "theirs"]);
  history.undo();

  assert.deepEqual(history.state, ["ours", "theirs"]);
});
