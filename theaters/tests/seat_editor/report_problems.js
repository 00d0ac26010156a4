/** Reads a JSON list of documents and prints what the editor finds in each, with paths as the server writes them. */
import { text } from "node:stream/consumers";

import { keyOf, open } from "../../../static/js/seat-editor/plan/document.js";
import { findProblems } from "../../../static/js/seat-editor/plan/problems.js";

/** @param {import("../../../static/js/seat-editor/plan/document.js").Plan} plan */
function pathsOf(plan) {
  const paths = new Map();
  plan.zones?.forEach((zone, z) => {
    zone.rows?.forEach((row, r) => {
      row.seats?.forEach((seat, s) => paths.set(keyOf(seat), `zones[${z}].rows[${r}].seats[${s}]`));
    });
    zone.areas?.forEach((area, a) => paths.set(keyOf(area), `zones[${z}].areas[${a}]`));
  });
  return paths;
}

const documents = JSON.parse(await text(process.stdin));
const reports = documents.map((document) => {
  const plan = open(document);
  const paths = pathsOf(plan);
  return findProblems(plan).map(({ keys, ...problem }) => ({ ...problem, paths: keys.map((key) => paths.get(key)) }));
});
process.stdout.write(JSON.stringify(reports));
