// Keeps the gate's page and what it loads, so that it starts without a network. Nothing else, and no list: that is
// sealed in the page's own store (static/js/door/store.js).
const { version, assets, decoders, gate, static: folder, isHashed } = JSON.parse("{{ config|escapejs }}");
const ASSETS = `door-assets-${version}`;
const PAGE = "door-page";
const ANSWER_WITHIN_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(openPage(request, url));
  else if (url.pathname.startsWith(folder)) event.respondWith(openAsset(request));
});

async function install() {
  const cache = await caches.open(ASSETS);
  await cache.addAll("BarcodeDetector" in self ? assets : [...assets, ...decoders]);
  // The page names the assets of its own version: it is fetched again with them.
  const address = (await findPage())?.url ?? (await findGate());
  const page = address && (await fetch(address));
  if (page) await keepPage(page);
  await self.skipWaiting();
}

async function activate() {
  // Only the door's own: a customer's tickets may be kept on the same device.
  const names = (await caches.keys()).filter((name) => name.startsWith("door-"));
  await Promise.all(names.filter((name) => name !== ASSETS && name !== PAGE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

// The page that is open while this is installed was loaded without it.
async function findGate() {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return open.find(({ url }) => new URL(url).pathname === gate)?.url;
}

async function findPage() {
  const cache = await caches.open(PAGE);
  const [request] = await cache.keys();
  return request && { url: request.url, response: await cache.match(request) };
}

async function keepPage(response) {
  if (!response.ok || response.redirected || new URL(response.url).pathname !== gate) return;
  await caches.delete(PAGE);
  const cache = await caches.open(PAGE);
  await cache.put(response.url, response);
}

// The same shows: the page takes gate and direction from its address.
function describeShows(address) {
  const query = new URL(address).searchParams;
  return JSON.stringify([query.getAll("show").sort(), query.getAll("theater").sort()]);
}

async function openPage(request, url) {
  try {
    const late = new Promise((_, reject) => setTimeout(reject, ANSWER_WITHIN_MS));
    const response = await Promise.race([fetch(request), late]);
    if (response.status >= 500) throw new Error("The site is away.");
    if (url.pathname === gate) await keepPage(response.clone());
    return response;
  } catch {
    const kept = await findPage();
    if (!kept) return fetch(request);
    const isKept = url.pathname === gate && describeShows(url) === describeShows(kept.url);
    return isKept ? kept.response : Response.redirect(kept.url);
  }
}

async function openAsset(request) {
  const cache = await caches.open(ASSETS);
  const kept = await cache.match(request);
  if (kept && isHashed) return kept;
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}
