// Events that this device alone remembers, by their slugs, until someone forgets them: those that were looked at, and
// a guest's favorites. The page of an event names it in `data-viewed` and `data-favorite`; the home page asks for the
// cards of each list once its place comes near the screen.

/** How many events each list remembers. @type {Record<string, number>} */
const LISTS = { "recently-viewed": 8, favorites: 24 };

/**
 * @param {string} list
 * @returns {string[]}
 */
function recall(list) {
  try {
    const kept = JSON.parse(localStorage.getItem(list) ?? "[]");
    return Array.isArray(kept) ? kept.filter((slug) => typeof slug === "string").slice(0, LISTS[list]) : [];
  } catch {
    // No storage is allowed, or something else wrote there.
    return [];
  }
}

/**
 * Put an event at the head of a list, or take it away.
 * @param {string} list
 * @param {string} slug
 * @param {boolean} isIn
 */
function remember(list, slug, isIn = true) {
  const others = recall(list).filter((other) => other !== slug);
  try {
    localStorage.setItem(list, JSON.stringify((isIn ? [slug, ...others] : others).slice(0, LISTS[list])));
  } catch {
    // It is not remembered then.
  }
}

/** @param {HTMLElement} place */
function forget(place) {
  localStorage.removeItem(place.id);
  const note = document.createElement("p");
  note.className = "wrap soft";
  note.tabIndex = -1;
  note.textContent = place.dataset.forgotten ?? "";
  place.replaceChildren(note);
  note.focus();
}

/** @param {HTMLElement} place */
async function show(place) {
  const query = new URLSearchParams(recall(place.id).map((slug) => ["slug", slug]));
  try {
    const response = await fetch(`${place.dataset.address}?${query}`);
    if (!response.ok) return;
    place.innerHTML = await response.text();
  } catch {
    return;
  }
  place.querySelector("[data-forget]")?.addEventListener("click", () => forget(place));
}

const viewed = document.querySelector("[data-viewed]");
if (viewed instanceof HTMLElement && viewed.dataset.viewed) remember("recently-viewed", viewed.dataset.viewed);

const favorite = document.querySelector("button[data-favorite]");
if (favorite instanceof HTMLButtonElement) {
  const slug = favorite.dataset.favorite ?? "";
  const note = favorite.nextElementSibling;
  const mark = () => favorite.setAttribute("aria-pressed", `${recall("favorites").includes(slug)}`);
  mark();
  favorite.hidden = false;
  favorite.addEventListener("click", () => {
    const isIn = !recall("favorites").includes(slug);
    remember("favorites", slug, isIn);
    mark();
    if (note) note.textContent = (isIn ? favorite.dataset.kept : favorite.dataset.removed) ?? "";
  });
}

for (const list of Object.keys(LISTS)) {
  const place = document.getElementById(list);
  if (!place || !recall(list).length) continue;
  const observer = new IntersectionObserver(
    ([entry]) => {
      if (!entry.isIntersecting) return;
      observer.disconnect();
      void show(place);
    },
    { rootMargin: "600px" },
  );
  observer.observe(place);
}
