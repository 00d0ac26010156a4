// Keeps one page, the customer's coming tickets, for when there is no network, and goes once there are none. All else
// comes from the network, always: no other page is kept, so none is ever from before.
const { page: PAGE, bookings, static: folder, signOut, foreign } = JSON.parse("{{ config|escapejs }}");
const CACHE = "tickets";
const KEPT_AT = "Kept-At";
const RENEW_AFTER_MS = 5 * 60_000;
// At the door nobody waits longer for a network that is there and answers nothing.
const ANSWER_WITHIN_MS = 4000;
const TICKET = /<!--until (\d+)-->[\s\S]*?<!--\/until-->/g;

// Sign-out and removal count up: an answer that was asked for before is not kept after.
let times = 0;
let isChanged = false;
let last = Promise.resolve();

self.addEventListener("install", (event) => {
  event.waitUntil(renew().then(() => self.skipWaiting()));
});

// Sent by a page with tickets, which may find a worker that had nothing to keep.
self.addEventListener("message", (event) => {
  event.waitUntil(readKept().then((kept) => kept ?? renew()).catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    isChanged = true;
    if (signOut.includes(url.pathname)) event.waitUntil(forget());
  } else if (request.mode === "navigate") {
    if (!foreign.some((path) => url.pathname.startsWith(path))) event.respondWith(openPage(event, url.pathname));
  } else if (url.pathname.startsWith(folder)) {
    event.respondWith(openAsset(request));
  }
});

async function openPage(event, path) {
  const isTickets = path === PAGE;
  const before = times;
  try {
    const response = await (isTickets ? beforeLong(fetch(event.request)) : fetch(event.request));
    if (isTickets && response.status >= 500) throw new Error("The site is away.");
    if (isTickets) event.waitUntil(settle(response.clone(), before).catch(() => {}));
    // The page that it leads to comes here as well.
    else if (response.type !== "opaqueredirect") event.waitUntil(renewIfDue(path).catch(() => {}));
    return response;
  } catch (error) {
    const kept = await openKept();
    if (kept) return kept;
    if (isTickets) return fetch(event.request);
    throw error;
  }
}

async function openAsset(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request.url, { cacheName: CACHE });
    if (kept) return kept;
    throw error;
  }
}

function beforeLong(answer) {
  const late = new Promise((_, reject) => setTimeout(reject, ANSWER_WITHIN_MS));
  return Promise.race([answer, late]);
}

async function renewIfDue(path) {
  const kept = await readKept();
  const isOld = !kept || Date.now() - Number(kept.headers.get(KEPT_AT)) > RENEW_AFTER_MS;
  if (isOld || isChanged || path.startsWith(bookings)) await renew();
}

async function renew() {
  const before = times;
  isChanged = false;
  await settle(await fetch(PAGE, { redirect: "manual", cache: "no-store" }), before);
}

// The site leads elsewhere where there are no tickets: all are over, or nobody is signed in. It names no assets where
// the sign-in is to end with the browser.
async function settle(response, before) {
  if (!response.ok && response.type !== "opaqueredirect") return;
  const text = await response.text();
  const assets = /<meta name="ticket-assets" content="([^"]*)">/.exec(text)?.[1].split(" ");
  if (assets) {
    await inTurn(() => (before === times ? keep(text, assets, response.headers) : undefined));
  } else {
    await forget();
    await self.registration.unregister();
  }
}

async function keep(text, paths, headers) {
  const cache = await caches.open(CACHE);
  const assets = paths.map((path) => new URL(path, location.origin).href);
  const known = new Set((await cache.keys()).map(({ url }) => url));
  // Named for its content, a file is never another one.
  const isThere = (address) => known.has(address) && /\.[0-9a-f]{12}\.\w+$/.test(address);
  await cache.addAll(assets.filter((address) => !isThere(address)));
  await write(cache, text, headers);
  const wanted = new Set([new URL(PAGE, location.origin).href, ...assets]);
  await Promise.all([...known].filter((address) => !wanted.has(address)).map((address) => cache.delete(address)));
}

async function write(cache, text, headers, keptAt = String(Date.now())) {
  const kept = new Headers({ [KEPT_AT]: keptAt });
  for (const name of ["Content-Type", "Content-Security-Policy"]) {
    const value = headers.get(name);
    if (value) kept.set(name, value);
  }
  await cache.put(PAGE, new Response(text, { headers: kept }));
}

function readKept() {
  return caches.match(PAGE, { cacheName: CACHE });
}

// Without the tickets whose shows have ended since.
async function openKept() {
  const kept = await readKept();
  if (!kept) return null;
  const all = await kept.text();
  const text = all.replace(TICKET, (ticket, until) => (until * 1000 > Date.now() ? ticket : ""));
  if (!text.match(TICKET)) {
    await forget();
    return null;
  }
  const { headers } = kept;
  if (text !== all) {
    const before = times;
    await inTurn(async () => {
      if (before === times) await write(await caches.open(CACHE), text, headers, headers.get(KEPT_AT));
    });
  }
  return new Response(text.replace("data-offline hidden", "data-offline"), { headers });
}

function forget() {
  times += 1;
  return inTurn(() => caches.delete(CACHE));
}

function inTurn(work) {
  const done = last.then(work);
  last = done.catch(() => {});
  return done;
}
