/**
 * Merges two people's changes to one plan: three versions in, one out, which has every change of both. Where both
 * have changed the same thing, mine stays until somebody chooses, and the conflict is listed.
 *
 * What only one of them has deleted is gone, unless the other has changed it: then it stays, and is a conflict. A
 * seat's place (its row and its position there) is one property.
 */
import { KEY, changeList, changeRows, keyOf, newId } from "./document.js";
import { firstOfRow, firstOfZone, identify, mergeOrder, partsOfRow, partsOfZone } from "./match.js";
import { mergeItems, reuse } from "./merge-values.js";
import { isSame } from "./same.js";
import { extensionOf, isObject, listOf } from "./values.js";

/** @typedef {import("./document.js").Item} Item */
/** @typedef {import("./document.js").Plan} Plan */
/** @typedef {import("./merge-values.js").Choice} Choice */
/** @typedef {"plan" | "section" | "row" | "seat" | "area" | "category"} Kind */
/**
 * @typedef {object} Conflict
 * @property {string} id
 * @property {Kind} kind
 * @property {string[]} names  of what it is about: section, row, number
 * @property {string} [key]  of a seat or an area
 * @property {string} property  "removed" if one has deleted what the other has changed; "order" of a list
 * @property {unknown} base
 * @property {unknown} mine
 * @property {unknown} theirs
 */
/** @typedef {"base" | "mine" | "theirs"} Side */
/** @typedef {{item: Item, parent: string}} Part  an object of one version, and the id of what it is in */
/** @typedef {Partial<Record<Side, Part>>} Versions */
/**
 * @typedef {object} Table  everything of a kind
 * @property {Map<string, Versions>} all  by id
 * @property {Record<Side, Map<string, string[]>>} lists  the members of each list in their order, by what has the list
 */
/** @typedef {{table: Table, left: Map<string, Part>}} Merged  what is left of it, by id too */

const SIDES = /** @type {const} */ (["base", "mine", "theirs"]);
/** The plan's own id, as the parent of sections and categories. */
const PLAN = "plan";
/** The lists in an object, which are merged by their members. @type {Record<Kind, string[]>} */
const LISTS = { plan: ["zones", "categories"], section: ["rows", "areas"], row: ["seats"], seat: [], area: [], category: [] };

/**
 * @param {Plan} base  what both began with
 * @param {Plan} mine
 * @param {Plan} theirs
 * @param {ReadonlyMap<string, Choice>} [choices]  by the ids of conflicts
 * @returns {{plan: Plan, conflicts: Conflict[]}}
 */
export function merge(base, mine, theirs, choices = new Map()) {
  if (mine === base || mine === theirs) return { plan: theirs, conflicts: [] };
  if (theirs === base) return { plan: mine, conflicts: [] };
  const merger = new Merger({ base, mine, theirs }, choices);
  return { plan: merger.merge(), conflicts: merger.conflicts };
}

class Merger {
  /** @type {Conflict[]} */
  conflicts = [];
  /** Of rows and sections that one side has deleted and the other changed: whether they stay. @type {Map<string, boolean>} */
  #stays = new Map();

  /**
   * @param {Record<Side, Plan>} plans
   * @param {ReadonlyMap<string, Choice>} choices
   */
  constructor(plans, choices) {
    this.plans = plans;
    this.choices = choices;
  }

  /** @returns {Plan} */
  merge() {
    const categories = this.#mergeCategories();
    const zones = this.#readZones();
    const rows = this.#readRows(zones.ids);
    const name = nameBy(zones.table, rows.table);
    const sections = this.#mergeTable("section", zones.table, name);
    const mergedRows = this.#mergeTable("row", rows.table, name);
    const areas = this.#mergeTable("area", this.#readParts(zones, "areas"), name);
    const seats = this.#mergeTable("seat", this.#readParts(rows, "seats", rows.untouched), name);
    // What holds something that stays, stays.
    for (const { parent } of seats.left.values()) revive(mergedRows, parent);
    for (const { left } of [mergedRows, areas]) for (const { parent } of left.values()) revive(sections, parent);

    const seatsOf = this.#arrange("row", seats, mergedRows);
    const rowsOf = this.#arrange("section", mergedRows, sections);
    const areasOf = this.#arrange("section", areas, sections);
    const withSeats = (/** @type {string} */ id) => {
      const { item } = /** @type {Part} */ (mergedRows.left.get(id));
      return rows.untouched.has(item) ? item : finish(item, mergedRows.table.all.get(id), { seats: pick(seats, seatsOf.get(id)) });
    };
    const withRows = (/** @type {string} */ id) =>
      finish(/** @type {Part} */ (sections.left.get(id)).item, sections.table.all.get(id), {
        rows: (rowsOf.get(id) ?? []).map(withSeats),
        areas: pick(areas, areasOf.get(id)),
      });
    const { base, mine, theirs } = this.#each((plan) => ({ item: plan, parent: "" }));
    const whole = { base, mine, theirs };
    const plan = /** @type {Part} */ (this.#mergePart("plan", PLAN, whole, () => []));
    const zonesOf = this.#arrange("plan", sections);
    const lists = { zones: (zonesOf.get(PLAN) ?? []).map(withRows), categories };
    return withDistinctKeys(/** @type {Plan} */ (finish(plan.item, whole, lists)));
  }

  /** @template T @param {(plan: Plan, side: Side) => T} read @returns {Record<Side, T>} */
  #each(read) {
    const { base, mine, theirs } = this.plans;
    return { base: read(base, "base"), mine: read(mine, "mine"), theirs: read(theirs, "theirs") };
  }

  /** Merge the categories, and name them alike on all sides, so that what is in them can be compared. */
  #mergeCategories() {
    const lists = this.#each((plan) => listOf(plan, "categories"));
    const ids = identify("category", lists, {
      parts: () => [],
      first: () => undefined,
      label: (category) => String(category.name),
      traits: [(category) => category.color, (_category, index, all) => `${index} of ${all.length}`],
    });
    const table = tableOf(lists, ids, () => PLAN);
    const merged = this.#mergeTable("category", table, (_kind, part) => [String(part.item.name)]);
    const gone = [...table.all.keys()].filter((id) => !merged.left.has(id));
    const [own, other] = gone.length ? [usedIn(this.plans.mine), usedIn(this.plans.theirs)] : [];
    for (const id of gone) {
      const { mine, theirs } = /** @type {Versions} */ (table.all.get(id));
      // One that is still in use stays: the other side has just given it to a seat.
      if ((mine && own?.has(mine.item.name)) || (theirs && other?.has(theirs.item.name))) revive(merged, id);
    }
    this.plans = this.#each((plan, side) => {
      /** @type {Map<unknown, string>} */
      const names = new Map();
      for (const [id, versions] of table.all) {
        const [before, after] = [versions[side]?.item.name, merged.left.get(id)?.item.name];
        if (before !== undefined && after !== undefined && before !== after) names.set(before, after);
      }
      return names.size ? recategorize(plan, names) : plan;
    });
    return pick(merged, this.#arrange("plan", merged).get(PLAN));
  }

  #readZones() {
    const lists = this.#each((plan) => listOf(plan, "zones"));
    const ids = identify("section", lists, { parts: partsOfZone, first: firstOfZone, label: (zone) => String(zone.name) });
    return { lists, ids, table: tableOf(lists, ids, () => PLAN) };
  }

  /** @param {Map<Item, string>} zoneIds */
  #readRows(zoneIds) {
    /** @type {Map<Item, string>[]} */
    const zoneOf = [];
    const lists = this.#each((plan) => {
      const own = new Map();
      for (const zone of listOf(plan, "zones")) for (const row of listOf(zone, "rows")) own.set(row, zoneIds.get(zone));
      zoneOf.push(own);
      return [...own.keys()];
    });
    const [base, mine, theirs] = zoneOf;
    const parents = { base, mine, theirs };
    const anyZone = (/** @type {Item} */ row) => base.get(row) ?? mine.get(row) ?? theirs.get(row);
    const ids = identify("row", lists, { parts: partsOfRow, first: firstOfRow, label: (row) => `${anyZone(row)} ${row.row_number}` });
    const table = tableOf(lists, ids, (row, side) => parents[side].get(row) ?? "");
    // The same object on all sides: nothing in it needs to be looked at.
    const untouched = new Set(lists.base.filter((row) => mine.has(row) && theirs.has(row)));
    return { lists, ids, table, untouched };
  }

  /**
   * @param {{lists: Record<Side, Item[]>, ids: Map<Item, string>}} holders
   * @param {"seats" | "areas"} name
   * @param {Set<Item>} [untouched]
   */
  #readParts({ lists, ids }, name, untouched) {
    const table = newTable();
    for (const side of SIDES) {
      for (const holder of lists[side]) {
        if (untouched?.has(holder)) continue;
        const parent = ids.get(holder) ?? "";
        for (const item of listOf(holder, name)) put(table, keyOf(item), side, { item, parent });
      }
    }
    return table;
  }

  /** @typedef {(kind: Kind, part: Part) => string[]} Name */

  /** @param {Kind} kind @param {Table} table @param {Name} name @returns {Merged} */
  #mergeTable(kind, table, name) {
    const left = new Map();
    for (const [id, versions] of table.all) {
      const part = this.#mergePart(kind, id, versions, name);
      if (part) left.set(id, part);
    }
    return { table, left };
  }

  /** @param {Kind} kind @param {string} id @param {Versions} versions @param {Name} name @returns {Part | null} */
  #mergePart(kind, id, versions, name) {
    const { base, mine, theirs } = versions;
    /** @type {import("./merge-values.js").Choose} */
    const choose = (property, known, own, other) => {
      const key = kind === "seat" || kind === "area" ? id : undefined;
      const names = name(kind, /** @type {Part} */ (mine ?? theirs));
      return this.#choose({ id: `${id} ${property}`, kind, names, key, property, base: known, mine: own, theirs: other });
    };
    if (mine && theirs) {
      const isPlaced = kind === "seat" || kind === "area";
      const place = choosePlace(base, mine, theirs, isPlaced, choose);
      if (mine.item === theirs.item) return { item: mine.item, parent: place.parent };
      const without = isPlaced ? [...LISTS[kind], "position"] : LISTS[kind];
      const item = mergeItems(base?.item ?? {}, mine.item, theirs.item, choose, { without });
      if (isPlaced && place.item.position !== undefined) item.position = place.item.position;
      return { item, parent: place.parent };
    }
    const left = mine ?? theirs;
    if (!left || !base) return left ?? null;
    const decided = this.#stays.get(left.parent);
    const isChanged = left.parent !== base.parent || !isSameWithout(LISTS[kind], base.item, left.item);
    if (decided === undefined && !isChanged) return null;
    const stays = decided ?? choose("removed", base.item, mine ? mine.item : null, theirs ? theirs.item : null) === (mine ? "mine" : "theirs");
    if (LISTS[kind].length) this.#stays.set(id, stays);
    return stays ? left : null;
  }

  /** @param {Conflict} conflict @returns {Choice} */
  #choose(conflict) {
    this.conflicts.push(conflict);
    return this.choices.get(conflict.id) ?? (conflict.mine === null ? "theirs" : "mine");
  }

  /**
   * Put the members of each list into order.
   * @param {Kind} kind  of what has the list
   * @param {Merged} members
   * @param {Merged} [holders]
   * @returns {Map<string, string[]>}  ids of members, by that of the holder
   */
  #arrange(kind, { table, left }, holders) {
    /** @type {Map<string, string[]>} */
    const found = new Map();
    for (const [id, { parent }] of left) add(found, parent, id);
    for (const [holder, members] of found) {
      const [base, mine, theirs] = SIDES.map((side) => table.lists[side].get(holder) ?? []);
      const there = new Set(members);
      const { order, isDoubtful } = mergeOrder({ base, mine, theirs }, there);
      found.set(holder, order);
      if (!isDoubtful) continue;
      const { item } = holders?.left.get(holder) ?? {};
      const names = [item?.name ?? item?.row_number ?? ""].map(String);
      const conflict = { id: `${holder} order`, kind, names, property: "order", base, mine, theirs };
      if (this.#choose(conflict) === "theirs") found.set(holder, mergeOrder({ base, mine: theirs, theirs: mine }, there).order);
    }
    return found;
  }
}

/**
 * Return the version that says where something is.
 * @param {Part | undefined} base
 * @param {Part} mine
 * @param {Part} theirs
 * @param {boolean} withPosition  for seats and areas, whose positions count from what they are in
 * @param {import("./merge-values.js").Choose} choose
 */
function choosePlace(base, mine, theirs, withPosition, choose) {
  const isThere = (/** @type {Part | undefined} */ a, /** @type {Part} */ b) =>
    a?.parent === b.parent && (!withPosition || isSame(a.item.position, b.item.position));
  if (isThere(base, theirs) || isThere(mine, theirs)) return mine;
  if (isThere(base, mine)) return theirs;
  return choose("position", base?.item.position, mine.item.position ?? {}, theirs.item.position ?? {}) === "mine" ? mine : theirs;
}

/** @type {(lists: Record<Side, Item[]>, ids: Map<Item, string>, parentOf: (item: Item, side: Side) => string) => Table} */
function tableOf(lists, ids, parentOf) {
  const table = newTable();
  for (const side of SIDES) {
    for (const item of lists[side]) put(table, ids.get(item) ?? "", side, { item, parent: parentOf(item, side) });
  }
  return table;
}

/** @returns {Table} */
function newTable() {
  return { all: new Map(), lists: { base: new Map(), mine: new Map(), theirs: new Map() } };
}

/** @param {Table} table @param {string} id @param {Side} side @param {Part} part */
function put({ all, lists }, id, side, part) {
  const versions = all.get(id);
  if (versions) versions[side] = part;
  else all.set(id, { [side]: part });
  add(lists[side], part.parent, id);
}

/** @param {Map<string, string[]>} lists @param {string} holder @param {string} id */
function add(lists, holder, id) {
  const list = lists.get(holder);
  if (list) list.push(id);
  else lists.set(holder, [id]);
}

/** Keep something that was to go. @param {Merged} merged @param {string} id */
function revive({ table, left }, id) {
  const { base, mine, theirs } = table.all.get(id) ?? {};
  const part = mine ?? theirs ?? base;
  if (part && !left.has(id)) left.set(id, part);
}

/** @param {Merged} merged @param {string[]} [ids] */
function pick({ table, left }, ids = []) {
  return ids.map((id) => finish(/** @type {Part} */ (left.get(id)).item, table.all.get(id), {}));
}

/**
 * Give an object its merged lists, unless it has none and never had; return a version that says the same.
 * @param {Item} item
 * @param {Versions | undefined} versions
 * @param {Record<string, Item[]>} lists
 */
function finish(item, versions, lists) {
  const known = SIDES.map((side) => versions?.[side]?.item);
  const merged = { ...item };
  for (const [name, members] of Object.entries(lists)) {
    if (members.length || known.some((one) => one && name in one)) merged[name] = members;
  }
  return reuse(merged, [known[1], known[2]]);
}

/** @param {string[]} names @param {Item} a @param {Item} b */
function isSameWithout(names, a, b) {
  if (a === b) return true;
  const own = (/** @type {Item} */ item) => Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)));
  return isSame(own(a), own(b));
}

/** Return the function that names parts for people. @param {Table} zones @param {Table} rows @returns {Name} */
function nameBy(zones, rows) {
  const latest = (/** @type {Table} */ table, /** @type {string} */ id) => {
    const { base, mine, theirs } = table.all.get(id) ?? {};
    return mine ?? theirs ?? base;
  };
  /** @type {Name} */
  const name = (kind, { item, parent }) => {
    const row = kind === "seat" ? latest(rows, parent) : undefined;
    const holder = row ? name("row", row) : kind === "row" || kind === "area" ? (latest(zones, parent)?.item.name ?? "") : [];
    const text = isObject(item.text) ? item.text.text : item.text;
    const own = { seat: item.seat_number, row: item.row_number, area: extensionOf(item).name ?? text ?? item.shape, section: item.name };
    return [holder, own[/** @type {keyof typeof own} */ (kind)] ?? ""].flat().map(String);
  };
  return name;
}

/** @param {Plan} plan */
function usedIn(plan) {
  const zones = listOf(plan, "zones");
  const seats = zones.flatMap((zone) => listOf(zone, "rows").flatMap((row) => listOf(row, "seats").map((seat) => seat.category)));
  return new Set([...seats, ...zones.flatMap((zone) => listOf(zone, "areas").map((area) => extensionOf(area).category))]);
}

/** @param {Plan} plan @param {Map<unknown, string>} names  by those so far @returns {Plan} */
function recategorize(plan, names) {
  const withSeats = changeRows(plan, (row) =>
    changeList(row, "seats", (seat) => (names.has(seat.category) ? { ...seat, category: names.get(seat.category) } : seat)),
  );
  return changeList(withSeats, "zones", (zone) =>
    changeList(zone, "areas", (area) => {
      const { category } = extensionOf(area);
      return names.has(category) ? { ...area, marquee: { ...area.marquee, category: names.get(category) } } : area;
    }),
  );
}

/** Two people's new rows may have the same key, unless they have ids. @param {Plan} plan */
function withDistinctKeys(plan) {
  const taken = new Set();
  const distinct = (/** @type {Item} */ item) => {
    if (item[KEY] !== undefined && !taken.has(item[KEY])) {
      taken.add(item[KEY]);
      return item;
    }
    return { ...item, [KEY]: newId() };
  };
  return changeList(plan, "zones", (zone) => distinct(changeList(zone, "rows", distinct)));
}
