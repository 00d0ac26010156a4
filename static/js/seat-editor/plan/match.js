/**
 * Finds out which rows, sections and categories of three versions of a plan are the same. Seats and areas have ids;
 * rows and sections may have none: then they are those that have most of their seats.
 */
import { KEY, keyOf } from "./document.js";
import { listOf } from "./values.js";

/**
 * @typedef {import("./document.js").Item} Item
 * @typedef {{base: Item[], mine: Item[], theirs: Item[]}} Lists
 * @typedef {object} Ways  of finding the same thing again
 * @property {(item: Item) => string[]} parts  ids of what is in it
 * @property {(item: Item) => string | undefined} first  one of them, found quickly
 * @property {(item: Item) => string} label
 * @property {((item: Item, index: number, all: Item[]) => unknown)[]} [traits]  other signs, where labels differ
 */

/** @param {Item} row */
export function partsOfRow(row) {
  return listOf(row, "seats").map(keyOf);
}

/** @param {Item} row */
export function firstOfRow(row) {
  const seat = listOf(row, "seats")[0];
  return seat && keyOf(seat);
}

/** @param {Item} zone */
export function firstOfZone(zone) {
  const row = listOf(zone, "rows")[0];
  return row && firstOfRow(row);
}

/** @param {Item} zone */
export function partsOfZone(zone) {
  return [...listOf(zone, "rows").flatMap(partsOfRow), ...listOf(zone, "areas").map(keyOf)];
}

/**
 * Give the same id to what is the same in each version. Ids don't depend on which version is whose.
 * @param {string} kind
 * @param {Lists} lists
 * @param {Ways} ways
 * @returns {Map<Item, string>}
 */
export function identify(kind, { base, mine, theirs }, ways) {
  /** @type {Map<Item, string>} */
  const ids = new Map(base.map((item, index) => [item, `${kind} ${index}`]));
  for (const side of [mine, theirs]) pair(base, side, ids, ways, true);
  const news = mine.filter((item) => !ids.has(item));
  const taken = new Set();
  for (const item of [...news, ...theirs.filter((one) => !ids.has(one))]) {
    if (ids.has(item)) continue;
    let id = `${kind} new ${item.uuid ?? [...ways.parts(item)].sort()[0] ?? ways.label(item)}`;
    // Two people's new rows of the same name are two rows.
    while (taken.has(id)) id += "'";
    taken.add(id);
    ids.set(item, id);
    if (item === news.at(-1)) pair(news, theirs, ids, ways, false);
  }
  return ids;
}

/**
 * @param {Item[]} known
 * @param {Item[]} side
 * @param {Map<Item, string>} ids
 * @param {Ways} ways
 * @param {boolean} byLabel
 */
function pair(known, side, ids, ways, byLabel) {
  const own = new Set(side);
  const free = new Set(known.filter((item) => !own.has(item)));
  let open = side.filter((item) => !ids.has(item));
  if (!open.length || !free.size) return;
  /** @type {(item: Item, found: Item | undefined) => boolean} */
  const take = (item, found) => {
    if (!found || !free.delete(found)) return false;
    ids.set(item, /** @type {string} */ (ids.get(found)));
    return true;
  };
  const byUuid = new Map([...free].filter(({ uuid }) => uuid).map((item) => [item.uuid, item]));
  open = open.filter((item) => !take(item, byUuid.get(item.uuid)));
  // Mostly nothing else has changed that would make it doubtful. To compare all parts takes long in a large room.
  const byKey = new Map([...free].map((item) => [item[KEY], item]));
  open = open.filter((item) => {
    const found = byKey.get(item[KEY]);
    const first = ways.first(item);
    return first === undefined || !found || ways.first(found) !== first || !take(item, found);
  });
  for (const { item, found } of countShared([...free], open, ways.parts)) {
    if (!ids.has(item)) take(item, found);
  }
  if (!byLabel) return;
  for (const read of [ways.label, ...(ways.traits ?? [])]) {
    open = open.filter((item) => !ids.has(item));
    const signs = new Map([...free].map((item) => [read(item, known.indexOf(item), known), item]));
    open = open.filter((item) => !take(item, signs.get(read(item, side.indexOf(item), side))));
  }
}

/**
 * List pairs that share parts, those with most first.
 * @param {Item[]} known
 * @param {Item[]} open
 * @param {(item: Item) => string[]} partsOf
 */
function countShared(known, open, partsOf) {
  const holders = new Map(known.flatMap((item) => partsOf(item).map((part) => [part, item])));
  const found = [];
  for (const item of open) {
    /** @type {Map<Item, number>} */
    const counts = new Map();
    for (const part of partsOf(item)) {
      const holder = holders.get(part);
      if (holder) counts.set(holder, (counts.get(holder) ?? 0) + 1);
    }
    for (const [holder, count] of counts) found.push({ item, found: holder, count });
  }
  return found.sort((a, b) => b.count - a.count);
}

/**
 * Merge the order of a list whose members may have come, gone or changed places on both sides.
 * @param {{base: string[], mine: string[], theirs: string[]}} lists
 * @param {Set<string>} left  members of the merged list
 * @returns {{order: string[], isDoubtful: boolean}}  doubtful: both have changed the order; it is mine then
 */
export function mergeOrder(lists, left) {
  const [base, mine, theirs] = [lists.base, lists.mine, lists.theirs].map((list) => list.filter((id) => left.has(id)));
  const [inMine, inTheirs] = [new Set(mine), new Set(theirs)];
  const known = base.filter((id) => inMine.has(id) && inTheirs.has(id));
  const common = new Set(known);
  const [mineKnown, theirsKnown] = [mine, theirs].map((list) => list.filter((id) => common.has(id)));
  const hasMineChanged = !isSameList(mineKnown, known);
  const isDoubtful = hasMineChanged && !isSameList(theirsKnown, known) && !isSameList(mineKnown, theirsKnown);
  const [ownRuns, otherRuns] = [runsAfter(mine, common), runsAfter(theirs, common)];
  const order = new Set();
  for (const id of [undefined, ...(hasMineChanged ? mineKnown : theirsKnown)]) {
    if (id !== undefined) order.add(id);
    // The same order, whichever of the two is merging.
    const runs = [ownRuns.get(id) ?? [], otherRuns.get(id) ?? []].sort((a, b) => (a.join() < b.join() ? -1 : 1));
    for (const member of runs.flat()) order.add(member);
  }
  return { order: [...order], isDoubtful };
}

/**
 * Return what a list has beside the members that all versions have, by the one that it comes after.
 * @param {string[]} list
 * @param {Set<string>} common
 */
function runsAfter(list, common) {
  /** @type {Map<string | undefined, string[]>} */
  const runs = new Map();
  /** @type {string | undefined} */
  let anchor;
  for (const id of list) {
    if (common.has(id)) anchor = id;
    else if (!runs.get(anchor)?.push(id)) runs.set(anchor, [id]);
  }
  return runs;
}

/** @param {string[]} a @param {string[]} b */
function isSameList(a, b) {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
