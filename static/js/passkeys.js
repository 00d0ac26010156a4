// Passkeys: forms marked with data-passkey ask the browser for a credential and send it.
//
//   data-passkey="sign-in"  fetches its options from the form's own address
//   data-passkey="confirm"  finds them in #passkey-options
//   data-passkey="create"   makes a new one from #passkey-options; a checked `passwordless` asks for one
//                           that signs in alone
//
// The forms are hidden until it is known that the browser can do it. `webauthnJSON` is allauth's.

/** @typedef {{get: (options: object) => Promise<object>, create: (options: object) => Promise<object>}} WebauthnJson */

const forms = /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-passkey]"));
const webauthn = /** @type {WebauthnJson | undefined} */ (/** @type {any} */ (window).webauthnJSON);

if (window.PublicKeyCredential && window.isSecureContext && webauthn) {
  for (const element of document.querySelectorAll("[data-passkey-missing]")) {
    element.remove();
  }
  for (const form of forms) {
    form.hidden = false;
    form.closest("section")?.removeAttribute("hidden");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void send(form, webauthn);
    });
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {WebauthnJson} webauthn
 */
async function send(form, webauthn) {
  const error = form.querySelector("[data-passkey-error]");
  const button = form.querySelector("button[type=submit]");
  error?.setAttribute("hidden", "");
  button?.setAttribute("aria-busy", "true");
  try {
    const credential = await ask(form, webauthn);
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("credential"));
    field.value = JSON.stringify(credential);
    form.submit();
  } catch (reason) {
    // Closed by the person, timed out, or refused by the device: the same follows.
    console.warn(reason);
    error?.removeAttribute("hidden");
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {WebauthnJson} webauthn
 */
async function ask(form, webauthn) {
  if (form.dataset.passkey === "sign-in") {
    const response = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!response.ok) {
      throw new Error(`The server answered ${response.status}.`);
    }
    return webauthn.get((await response.json()).request_options);
  }
  const options = JSON.parse(document.getElementById("passkey-options")?.textContent ?? "{}");
  if (form.dataset.passkey === "confirm") {
    return webauthn.get(options.request_options);
  }
  const passwordless = form.elements.namedItem("passwordless");
  const alone = passwordless instanceof HTMLInputElement && passwordless.checked;
  const selection = options.creation_options.publicKey.authenticatorSelection;
  selection.residentKey = alone ? "required" : "discouraged";
  selection.requireResidentKey = alone;
  if (alone) {
    selection.userVerification = "required";
  }
  return webauthn.create(options.creation_options);
}
