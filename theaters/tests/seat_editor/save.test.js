import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { changeRows, seatsOf } from "../../../static/js/seat-editor/plan/document.js";
import { renameCategory, setCategory } from "../../../static/js/seat-editor/plan/paint.js";
import { Site } from "../../../static/js/seat-editor/draft/site.js";
import { remove } from "../../../static/js/seat-editor/plan/remove.js";
import { move } from "../../../static/js/seat-editor/plan/transform.js";
import { chance, pick, plain, points, smallDocument } from "./builders.js";
import { FakeDevice, FakeSite, openEditor } from "./fake_site.js";

/** @typedef {import("../../../static/js/seat-editor/plan/document.js").Plan} Plan */

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
});

/** Let so much time pass. @param {number} [ms] */
async function pass(ms = 0) {
  for (let left = ms; left >= 0; left -= 250) {
    mock.timers.tick(Math.min(left, 250));
    await new Promise(setImmediate);
  }
}

/** @param {string} id @param {string} [category] @returns {(plan: Plan) => Plan} */
const paint = (id, category = "Rear") => (plan) => setCategory(plan, new Set([id]), category);
/** @param {string} id @param {number} [dx] @returns {(plan: Plan) => Plan} */
const shift = (id, dx = 5) => (plan) => move(plan, new Set([id]), dx, 0);

/** @param {any} plan @param {string} id */
const categoryOf = (plan, id) => plan.zones.flatMap((/** @type {any} */ zone) => zone.rows.flatMap((/** @type {any} */ row) => row.seats)).find((/** @type {any} */ one) => one.seat_guid === id)?.category;

/** @param {FakeSite} site */
const saves = (site) => site.calls.filter((call) => call.startsWith("PUT"));

test("a change is saved a second after the last one", async () => {
  const site = new FakeSite(smallDocument());
  const editor = await openEditor(site, "Anna");
  editor.edit(paint("a1"));
  await pass(750);
  editor.edit(paint("a2"));
  await pass(750);
  assert.equal(saves(site).length, 0);
  await pass(500);
  assert.deepEqual(saves(site), ["PUT /7/draft/?revision=1"]);
  assert.deepEqual(site.document, plain(editor.plan));
  assert.deepEqual(editor.states, ["waiting", "saving", "saved"]);
  assert.equal(editor.draft.hasUnsent, false);
});

test("whoever goes on changing is saved every five seconds", async () => {
  const site = new FakeSite(smallDocument());
  const editor = await openEditor(site, "Anna");
  for (let step = 0; step < 22; step++) {
    editor.edit(shift("a1", 1));
    await pass(500);
  }
  assert.equal(saves(site).length, 2);
});

test("a change that is made while the site is slow waits for its second too", async () => {
  const site = new FakeSite(smallDocument());
  const editor = await openEditor(site, "Anna");
  site.delay = 6000;
  editor.edit(paint("a1"));
  await pass(1250);
  editor.edit(paint("a2"));
  await pass(6000);
  assert.equal(site.revision, 2);
  assert.equal(saves(site).length, 1);
  await pass(1000);
  assert.equal(saves(site).length, 2);
});

test("what is undone until the site has it is not sent", async () => {
  const site = new FakeSite(smallDocument());
  const editor = await openEditor(site, "Anna");
  editor.edit(paint("a1"));
  editor.undo();
  await pass(2000);
  assert.equal(saves(site).length, 0);
  assert.equal(editor.draft.state, "saved");
});

test("a large room is sent packed", async () => {
  /** @type {any[]} */
  const sent = [];
  const site = new Site(async (url, options) => /** @type {any} */ (sent.push(options) && { status: 200, json: async () => ({}) }));
  const text = JSON.stringify({ name: "ä".repeat(30_000) });
  await site.call("PUT", "/7/draft/", text);
  await site.call("PUT", "/7/draft/", "{}");
  assert.ok(sent[0].body.size < 1000);
  assert.equal(sent[0].headers["Content-Encoding"], "gzip");
  const unpacked = new Response(sent[0].body.stream().pipeThrough(new DecompressionStream("gzip")));
  assert.equal(await unpacked.text(), text);
  assert.deepEqual([sent[1].body, "Content-Encoding" in sent[1].headers], ["{}", false]);
});

test("two people's changes are merged, and undoing keeps the other's", async () => {
  const site = new FakeSite(smallDocument());
  const [anna, ben] = [await openEditor(site, "Anna"), await openEditor(site, "Ben")];
  anna.edit(paint("a1"));
  ben.edit(shift("b1"));
  await pass(1500);
  await pass(9000);
  assert.deepEqual(plain(anna.plan), site.document);
  assert.deepEqual(plain(ben.plan), site.document);
  assert.equal(categoryOf(site.document, "a1"), "Rear");
  assert.deepEqual(points(ben.plan).b1, [105, 76]);
  assert.deepEqual([ben.remotes[0].by, ben.remotes[0].differences.keys], ["Anna", ["a1"]]);
  ben.undo();
  await pass(1500);
  assert.deepEqual([categoryOf(site.document, "a1"), points(ben.plan).b1], ["Rear", [100, 76]]);
});

test("both changing one thing stops the saving until somebody chooses", async () => {
  for (const choice of /** @type {const} */ (["mine", "theirs"])) {
    const site = new FakeSite(smallDocument());
    const [anna, ben] = [await openEditor(site, "Anna"), await openEditor(site, "Ben")];
    anna.edit(shift("a1", 5));
    await pass(1500);
    ben.edit(shift("a1", 9));
    await pass(1500);
    assert.equal(ben.draft.state, "conflict");
    assert.deepEqual(ben.draft.details.conflicts?.map(({ names, property }) => [...names, property]), [["Stalls", "A", "1", "position"]]);
    const sent = saves(site).length;
    ben.edit(paint("b1"));
    await pass(20_000);
    await ben.draft.setHidden(true);
    await ben.draft.setHidden(false);
    assert.deepEqual([site.revision, saves(site).length], [2, sent], "Nothing is overwritten.");
    ben.draft.resolve(choice);
    await pass(1500);
    assert.equal(ben.draft.state, "saved");
    assert.deepEqual(points(ben.plan).a1, [choice === "mine" ? 109 : 105, 50]);
    assert.equal(categoryOf(site.document, "b1"), "Rear");
    assert.deepEqual(plain(ben.plan), site.document);
  }
});

test("what comes in waits for a word that is being typed", async () => {
  const site = new FakeSite(smallDocument());
  const [anna, ben] = [await openEditor(site, "Anna"), await openEditor(site, "Ben")];
  let isBusy = true;
  ben.draft.isBusy = () => isBusy;
  anna.edit(paint("a1"));
  await pass(1500);
  ben.edit(paint("b1"));
  await pass(9000);
  assert.deepEqual([ben.remotes.length, ben.draft.state, ben.draft.hasUnsent, site.revision], [0, "waiting", true, 2]);
  isBusy = false;
  await pass(9000);
  assert.equal(ben.draft.state, "saved");
  assert.deepEqual(["a1", "b1"].map((id) => categoryOf(site.document, id)), ["Rear", "Rear"]);
});

test("a conflict that is undone is none", async () => {
  const site = new FakeSite(smallDocument());
  const [anna, ben] = [await openEditor(site, "Anna"), await openEditor(site, "Ben")];
  anna.edit(shift("a1", 5));
  await pass(1500);
  ben.edit(shift("a1", 9));
  await pass(1500);
  ben.undo();
  await pass(1500);
  assert.equal(ben.draft.state, "saved");
  assert.deepEqual(points(ben.plan).a1, [105, 50]);
});

test("without a network changes are kept on the device, and sent when it is back", async () => {
  const [site, device] = [new FakeSite(smallDocument()), new FakeDevice()];
  const editor = await openEditor(site, "Anna", device);
  site.isDown = true;
  editor.edit(paint("a1"));
  await pass(3000);
  assert.equal(editor.draft.state, "offline");
  assert.equal(device.kept.size, 1);
  assert.equal(editor.draft.isKept, true);
  site.isDown = false;
  await pass(5000);
  assert.equal(categoryOf(site.document, "a1"), "Rear");
  assert.equal(editor.draft.state, "saved");
  assert.equal(device.kept.size, 0);
});

test("a device without room says so", async () => {
  const [site, device] = [new FakeSite(smallDocument()), new FakeDevice()];
  const editor = await openEditor(site, "Anna", device);
  [site.isDown, device.isBroken] = [true, true];
  editor.edit(paint("a1"));
  await pass(1000);
  assert.equal(editor.draft.isKept, false);
});

test("a crash loses nothing: what was kept is merged into what the site has by then", async () => {
  const [site, device] = [new FakeSite(smallDocument()), new FakeDevice()];
  const crashed = await openEditor(site, "Anna", device);
  site.isDown = true;
  crashed.edit(paint("a1"));
  await pass(500);
  crashed.draft.change = () => assert.fail();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  site.isDown = false;
  const ben = await openEditor(site, "Ben");
  ben.edit(paint("c1"));
  await pass(1500);
  const anna = await openEditor(site, "Anna", device);
  assert.equal(anna.remotes[0].isRestored, true);
  await pass(1500);
  assert.deepEqual(["a1", "c1"].map((id) => categoryOf(site.document, id)), ["Rear", "Rear"]);
  assert.deepEqual(plain(anna.plan), site.document);
  assert.equal(device.kept.size, 0);
});

test("what was kept and had arrived is not spoken of", async () => {
  const [site, device] = [new FakeSite(smallDocument()), new FakeDevice()];
  const text = JSON.stringify(site.document);
  device.kept.set("gone", { map: 7, revision: 1, base: text.replaceAll("Small", "Smaller"), plan: text });
  const editor = await openEditor(site, "Anna", device);
  assert.deepEqual([editor.remotes, device.kept.size, editor.draft.state], [[], 0, "saved"]);
});

test("what was kept and conflicts is asked about", async () => {
  const [site, device] = [new FakeSite(smallDocument()), new FakeDevice()];
  const crashed = await openEditor(site, "Anna", device);
  site.isDown = true;
  crashed.edit(shift("a1", 9));
  await pass(500);
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  site.isDown = false;
  const ben = await openEditor(site, "Ben");
  ben.edit(shift("a1", 5));
  await pass(1500);
  const anna = await openEditor(site, "Anna", device);
  await pass(9000);
  assert.equal(anna.draft.state, "conflict");
  assert.deepEqual(points(anna.plan).a1, [109, 50]);
  anna.draft.resolve("theirs");
  await pass(1500);
  assert.equal(anna.draft.state, "saved");
  assert.deepEqual(points(anna.plan).a1, [105, 50]);
});

test("a save whose answer is lost is neither a conflict nor sent twice", async () => {
  const site = new FakeSite(smallDocument());
  const editor = await openEditor(site, "Anna");
  site.losesAnswers = true;
  editor.edit(shift("a1", 5));
  await pass(1250);
  assert.equal(site.revision, 2);
  site.losesAnswers = false;
  editor.edit(shift("a1", 5));
  await pass(6000);
  assert.equal(editor.draft.state, "saved");
  assert.deepEqual(editor.states.includes("conflict"), false);
  assert.deepEqual(points(editor.plan).a1, [110, 50]);
  assert.deepEqual(plain(editor.plan), site.document);
});

test("whose sign-in has ended goes on after the next one", async () => {
  const [site, device] = [new FakeSite(smallDocument()), new FakeDevice()];
  const editor = await openEditor(site, "Anna", device);
  site.status = 302;
  editor.edit(paint("a1"));
  await pass(3000);
  assert.equal(editor.draft.state, "signed-out");
  assert.equal(device.kept.size, 1);
  site.status = null;
  await pass(5000);
  assert.equal(editor.draft.state, "saved");
  assert.equal(categoryOf(site.document, "a1"), "Rear");
});

test("what the site refuses is said, and tried again with the next change", async () => {
  const site = new FakeSite(smallDocument());
  const editor = await openEditor(site, "Anna");
  site.status = 422;
  editor.edit(paint("a1"));
  await pass(1500);
  assert.deepEqual([editor.draft.state, editor.draft.details.problems], ["refused", ["zones: No."]]);
  site.status = null;
  editor.edit(paint("a2"));
  await pass(1500);
  assert.equal(editor.draft.state, "saved");
});

test("a draft that is closed to a person is not asked for again", async () => {
  const site = new FakeSite(smallDocument());
  const editor = await openEditor(site, "Anna");
  site.status = 404;
  await pass(5000);
  assert.equal(editor.draft.state, "closed");
  const calls = site.calls.length;
  editor.edit(paint("a1"));
  await pass(9000);
  assert.equal(site.calls.length, calls);
});

test("changes to a draft that was published become the next version", async () => {
  const site = new FakeSite(smallDocument());
  const editor = await openEditor(site, "Anna");
  site.document = plain(renameCategory(editor.plan, "Front", "Parkett"));
  site.state = "published";
  editor.edit(paint("a1"));
  await pass(1500);
  assert.equal(editor.draft.state, "published");
  assert.equal(editor.draft.hasUnsent, true);
  await pass(9000);
  await editor.draft.flush();
  assert.equal(saves(site).length, 1);
  assert.equal(site.version, 1, "It is asked first.");
  await editor.draft.continueAsNext();
  assert.deepEqual([site.version, site.state, editor.moved], [2, "draft", ["/8/edit/"]]);
  assert.deepEqual(["a1", "a2"].map((id) => categoryOf(site.document, id)), ["Rear", "Parkett"]);
});

test("if there is a next draft already, the changes are merged into it", async () => {
  const site = new FakeSite(smallDocument());
  const editor = await openEditor(site, "Anna");
  site.state = "published";
  editor.edit(paint("a1"));
  await pass(1500);
  Object.assign(site, { id: 8, version: 2, revision: 1, state: "draft", document: plain(paint("c1")(editor.draft.base)) });
  await editor.draft.continueAsNext();
  await pass(1500);
  assert.deepEqual(["a1", "c1"].map((id) => categoryOf(site.document, id)), ["Rear", "Rear"]);
  assert.deepEqual(editor.moved, ["/8/edit/"]);
});

test("what was kept of an earlier version is brought back only if that is wanted", async () => {
  for (const willRestore of [true, false]) {
    const [site, device] = [new FakeSite(smallDocument()), new FakeDevice()];
    const kept = smallDocument();
    kept.zones[0].rows[0].seats[0].category = "Rear";
    device.kept.set("gone", { map: 3, revision: 4, base: JSON.stringify(smallDocument()), plan: JSON.stringify(kept) });
    const editor = await openEditor(site, "Anna", device, willRestore);
    await pass(1500);
    assert.equal(editor.isAsked, 1);
    assert.equal(categoryOf(site.document, "a1"), willRestore ? "Rear" : "Front");
    assert.equal(device.kept.size, 0);
  }
});

test("others are seen, and hidden pages ask for nothing", async () => {
  const site = new FakeSite(smallDocument());
  const [anna] = [await openEditor(site, "Anna"), await openEditor(site, "Ben")];
  await pass(4000);
  assert.deepEqual(anna.people.map(({ name }) => name), ["Ben"]);
  await anna.draft.setHidden(true);
  const calls = site.calls.length;
  await anna.draft.ask();
  await pass(5000);
  assert.equal(site.calls.slice(calls).filter((call) => call.startsWith("POST")).length, 1, "Only Ben asks.");
  await anna.draft.setHidden(false);
  assert.equal(site.calls.length, calls + 2);
});

test("a page that is left sends what it can", async () => {
  const [site, device] = [new FakeSite(smallDocument()), new FakeDevice()];
  const editor = await openEditor(site, "Anna", device);
  editor.edit(paint("a1"));
  editor.draft.leave();
  assert.deepEqual(site.calls.slice(-2), ["PUT /7/draft/?revision=1 at last", "POST /7/draft/ at last"]);
  await pass();
  assert.equal(categoryOf(site.document, "a1"), "Rear");
  assert.equal(device.kept.size, 1);
});

for (let seed = 1; seed <= 10; seed++) {
  test(`three people and a bad network lose nothing that does not conflict (${seed})`, async () => {
    const random = chance(seed);
    const site = new FakeSite(smallDocument());
    const devices = [new FakeDevice(), new FakeDevice(), new FakeDevice()];
    const editors = await Promise.all(devices.map((device, index) => openEditor(site, `P${index}`, device)));
    // Each has two seats of their own, so that nothing conflicts.
    const own = [["a1", "a2"], ["b1", "b2"], ["c1", "c2"]];
    /** @type {Record<string, string>} */
    const wanted = {};
    for (let step = 0; step < 20; step++) {
      const index = Math.floor(random() * 3);
      const [id, category] = [pick(random, own[index]), pick(random, ["Front", "Rear"])];
      if (random() < 0.7) {
        editors[index].edit(paint(id, category));
        wanted[id] = category;
      }
      site.isDown = random() < 0.2;
      site.losesAnswers = random() < 0.2;
      await pass(Math.floor(random() * 2500));
    }
    Object.assign(site, { isDown: false, losesAnswers: false });
    await pass(45_000);
    for (const editor of editors) {
      assert.equal(editor.draft.state, "saved");
      assert.deepEqual(plain(editor.plan), site.document);
    }
    for (const [id, category] of Object.entries(wanted)) assert.equal(categoryOf(site.document, id), category, id);
    assert.equal([...seatsOf(editors[0].plan)].length, 8);
  });
}

test("a seat that one deletes while the other moves it is asked about, and can go", async () => {
  const site = new FakeSite(smallDocument());
  const [anna, ben] = [await openEditor(site, "Anna"), await openEditor(site, "Ben")];
  anna.edit(shift("a1", 5));
  await pass(1500);
  ben.edit((plan) => remove(plan, new Set(["a1"])));
  await pass(1500);
  assert.deepEqual(ben.draft.details.conflicts?.map(({ property }) => property), ["removed"]);
  ben.draft.resolve("mine");
  await pass(1500);
  assert.equal(categoryOf(site.document, "a1"), undefined);
  assert.equal(changeRows(ben.plan, (row) => row), ben.plan);
});
