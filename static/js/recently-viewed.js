// Events that were looked at are remembered on this device alone, by their slugs, until someone forgets them. The page
// of an event names it in `data-viewed`; the home page asks for their cards once they come near the screen.

const KEY = "recently-viewed";
const MOST = 8;

/** @returns {string[]} */
function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((slug) => typeof slug === "string").slice(0, MOST) : [];
  } catch {
    // No storage is allowed, or something else wrote there.
    return [];
  }
}

/** @param {string} slug */
function remember(slug) {
  const slugs = [slug, ...recall().filter((other) => other !== slug)].slice(0, MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(slugs));
  } catch {
    // It is not remembered then.
  }
}

/** @param {HTMLElement} place */
function forget(place) {
  localStorage.removeItem(KEY);
  const note = document.createElement("p");
  note.className = "wrap soft";
  note.tabIndex = -1;
  note.textContent = place.dataset.forgotten ?? "";
  place.replaceChildren(note);
  note.focus();
}

/** @param {HTMLElement} place */
async function show(place) {
  const query = new URLSearchParams(recall().map((slug) => ["slug", slug]));
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
if (viewed instanceof HTMLElement && viewed.dataset.viewed) remember(viewed.dataset.viewed);

const place = document.getElementById("recently-viewed");
if (place && recall().length) {
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
