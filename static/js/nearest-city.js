// “Near me”: asks the device for its position when the button is pressed, never before, and sends it to a kilometer
// only. The answer is the programme of the nearest city.

const form = /** @type {HTMLFormElement} */ (document.getElementById("nearest-city"));
const status = /** @type {HTMLElement} */ (form.parentElement?.querySelector("[role=status]"));

/** @param {string | undefined} text */
function say(text) {
  status.textContent = text ?? "";
}

/**
 * @param {string} name
 * @param {number} degrees
 */
function fill(name, degrees) {
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  input.value = degrees.toFixed(2);
}

/** @param {GeolocationPosition} position */
function send({ coords }) {
  fill("latitude", coords.latitude);
  fill("longitude", coords.longitude);
  form.submit();
}

/** @param {GeolocationPositionError} error */
function fail(error) {
  say(error.code === error.PERMISSION_DENIED ? form.dataset.refused : form.dataset.failed);
}

// Without a secure connection browsers answer no such question.
if (window.isSecureContext && "geolocation" in navigator) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    say(form.dataset.searching);
    navigator.geolocation.getCurrentPosition(send, fail, { timeout: 10_000, maximumAge: 600_000 });
  });
}
