/**
 * Keeps the basket beside the map: a line with ticket type and price for each seat, the total, and hints.
 * Its fields belong to the form that is sent, so nothing has to be collected later.
 */
import { RESTRICTED_VIEW } from "./hall.js";
import { fillGap, findLoneSeats, shiftTowards } from "./lone.js";
import { formatMoney, gettext, joinWords, ngettext } from "./words.js";

/** @typedef {import("./hall.js").Hall} Hall */
/** @typedef {import("./hall.js").Seat} Seat */
/** @typedef {import("./choice.js").Choice} Choice */

export class Basket {
  /**
   * @param {HTMLFormElement} form
   * @param {Hall} hall
   * @param {Choice} choice
   * @param {{ namesLimit?: boolean, keepsCompanions?: boolean }} [how]  whether it says that a customer may have no
   *   more, and that a companion seat needs its wheelchair place
   */
  constructor(form, hall, choice, { namesLimit = true, keepsCompanions = false } = {}) {
    this.keepsCompanions = keepsCompanions;
    this.form = form;
    this.namesLimit = namesLimit;
    this.hall = hall;
    this.choice = choice;
    this.lines = /** @type {HTMLElement} */ (form.querySelector("[data-lines]"));
    this.template = /** @type {HTMLTemplateElement} */ (document.getElementById("basket-line"));
    this.advice = /** @type {HTMLElement} */ (form.querySelector("[data-advice]"));
    this.lines.addEventListener("change", ({ target }) => {
      if (!(target instanceof HTMLSelectElement)) return;
      forgetRefusal(target);
      choice.setType(Number(target.dataset.seat), Number(target.value));
    });
    this.lines.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-remove]") : null;
      const line = button?.closest("[data-seat]");
      if (!line) return;
      // A line written by the server has a link there.
      event.preventDefault();
      const next = line.nextElementSibling ?? line.previousElementSibling;
      const nextId = next?.getAttribute("data-seat");
      choice.toggle(Number(line.getAttribute("data-seat")));
      const remaining = nextId ? this.lines.querySelector(`[data-seat="${nextId}"] [data-remove]`) : null;
      if (remaining instanceof HTMLElement) remaining.focus();
    });
    this.advice.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("[data-shift]") : null;
      if (button instanceof HTMLElement) choice.replace((button.dataset.shift ?? "").split(" ").map(Number));
    });
    form.querySelector("[data-expand]")?.addEventListener("click", ({ currentTarget }) => {
      const isOpen = form.classList.toggle("is-open");
      /** @type {Element} */ (currentTarget).setAttribute("aria-expanded", String(isOpen));
    });
  }

  paint() {
    const { choice, hall, form } = this;
    /** @type {Map<string | null, Element>} */
    const existing = new Map([...this.lines.children].map((line) => [line.getAttribute("data-seat"), line]));
    const lines = [...choice.seats].map(([id, type]) => {
      const line = existing.get(String(id)) ?? this.#line(/** @type {Seat} */ (hall.seats.get(id)));
      this.#update(line, id, type);
      return line;
    });
    const places = this.#placeLines();
    const wanted = [...lines, ...places];
    if (wanted.length !== this.lines.children.length || wanted.some((line, at) => this.lines.children[at] !== line)) {
      this.lines.replaceChildren(...wanted);
    }
    this.#adviseOn();
    const { count } = choice;
    form.classList.toggle("is-empty", count === 0);
    const total = formatMoney(choice.total, hall.currency);
    for (const node of form.querySelectorAll("[data-total]")) node.textContent = total;
    for (const node of form.querySelectorAll("[data-count]")) {
      node.textContent = count ? ngettext("%(count)s ticket", "%(count)s tickets", count) : gettext("No seats yet");
    }
    for (const button of form.querySelectorAll("[data-submit]")) button.setAttribute("aria-disabled", String(count === 0));
  }

  /** @param {Seat} seat */
  #line(seat) {
    const line = /** @type {Element} */ (this.template.content.firstElementChild).cloneNode(true);
    if (!(line instanceof HTMLElement)) throw new TypeError("The template of a basket's line is an element.");
    line.dataset.seat = String(seat.id);
    const field = (/** @type {string} */ name) => /** @type {HTMLElement} */ (line.querySelector(`[data-${name}]`));
    const category = this.hall.category.get(seat.category);
    const label = this.hall.label(seat);
    field("mark").setAttribute("class", `seat-mark c${seat.category}`);
    field("mark").querySelector("use")?.setAttribute("href", `#mark-${category?.mark}`);
    field("place").textContent = label;
    field("category").textContent = [category?.name, ...this.hall.remarks(seat)].filter(Boolean).join(" · ");
    const hidden = /** @type {HTMLInputElement} */ (field("id"));
    hidden.value = String(seat.id);
    field("remove").setAttribute("aria-label", gettext("Remove %(seat)s", { seat: label }));
    const select = /** @type {HTMLSelectElement} */ (field("type"));
    select.name = `type-${seat.id}`;
    select.dataset.seat = String(seat.id);
    select.setAttribute("aria-label", gettext("Ticket type for %(seat)s", { seat: label }));
    for (const { type, amount } of this.hall.allOffersOf(seat.category)) {
      const price = formatMoney(amount, this.hall.currency);
      const note = [type.who, type.terms].filter(Boolean).join(", ");
      const option = new Option(note ? `${type.name}, ${price} (${note})` : `${type.name}, ${price}`, String(type.id));
      if (type.sold_out) option.dataset.soldOut = "";
      if (type.companion) option.dataset.companion = "";
      select.append(option);
    }
    return line;
  }

  /**
   * @param {Element} line
   * @param {number} id
   * @param {number} type
   */
  #update(line, id, type) {
    const seat = /** @type {Seat} */ (this.hall.seats.get(id));
    const select = line.querySelector("select");
    if (select) {
      if (select.value !== String(type)) select.value = String(type);
      for (const option of select.options) {
        if ("soldOut" in option.dataset) option.disabled = !option.selected;
        if ("companion" in option.dataset) option.hidden = option.disabled = !this.choice.hasWheelchairPlace && !option.selected;
      }
      select.hidden = [...select.options].filter((option) => !option.hidden).length < 2;
    }
    const price = line.querySelector("[data-price]");
    if (price) price.textContent = formatMoney(this.hall.amountOf(seat.category, type), this.hall.currency);
  }

  /** Write what is chosen by number; its fields are the steppers. @returns {Element[]} */
  #placeLines() {
    const lines = [];
    for (const [key, quantity] of this.choice.places) {
      const [areaId, typeId] = key.split("-").map(Number);
      const area = this.hall.areas.find(({ id }) => id === areaId);
      const offer = area && this.hall.offersOf(area.category).find(({ type }) => type.id === typeId);
      if (!area || !offer) continue;
      const line = document.createElement("li");
      line.className = "basket__line basket__line--places";
      const words = document.createElement("span");
      words.dir = "auto";
      words.textContent = `${quantity} × ${area.name}, ${offer.type.name}`;
      const price = document.createElement("span");
      price.className = "basket__price tabular";
      price.textContent = formatMoney(offer.amount * quantity, this.hall.currency);
      line.append(words, price);
      lines.push(line);
    }
    return lines;
  }

  #adviseOn() {
    const { choice, hall } = this;
    const chosen = new Set(choice.seats.keys());
    /** @type {Element[]} */
    const notices = [];
    const restricted = [...chosen].map((id) => hall.seats.get(id)).filter((seat) => seat && seat.flags & RESTRICTED_VIEW);
    if (restricted.length) {
      const labels = joinWords(restricted.map((seat) => hall.label(/** @type {Seat} */ (seat))));
      notices.push(
        this.#notice(
          ngettext(
            "Part of the stage cannot be seen from %(seats)s. The price takes that into account; by continuing you accept it.",
            "Part of the stage cannot be seen from %(seats)s. The prices take that into account; by continuing you accept it.",
            restricted.length,
            { seats: labels },
          ),
        ),
      );
    }
    const isAlone = (/** @type {number} */ id) => hall.companions.has(id) && !chosen.has(hall.companions.get(id) ?? 0);
    const alone = this.keepsCompanions ? [...chosen].find(isAlone) : undefined;
    if (alone !== undefined) {
      const notice = this.#notice(gettext("A companion seat is sold only together with its wheelchair place."));
      const place = hall.seats.get(hall.companions.get(alone) ?? 0);
      if (place && choice.stateOf(place.id) === "free" && choice.count < choice.limit) {
        const words = gettext("Take %(seats)s as well", { seats: hall.label(place) });
        notice.append(this.#shiftButton([...chosen, place.id], words));
      }
      notices.push(notice);
    }
    const lones = findLoneSeats(hall, choice.taken, chosen);
    // The next page need not repeat what this one has pointed out.
    const advised = this.form.querySelector("[name=advised]");
    if (advised instanceof HTMLInputElement) advised.value = lones.map(({ id }) => id).join(" ");
    const [lone] = lones;
    if (lone) {
      const notice = this.#notice(
        gettext("This leaves %(seat)s by itself, and single seats often stay empty.", { seat: hall.label(lone) }),
      );
      const shift = shiftTowards(hall, choice.taken, chosen, lone);
      const filling = shift ? null : fillGap(hall, choice.taken, chosen, lone);
      if (shift) {
        const { number } = lone;
        const words = gettext("Take seat %(number)s instead of seat %(other)s", { number, other: shift.left.number });
        notice.append(this.#shiftButton(shift.seats, words));
      } else if (filling) {
        const seats = joinWords(filling.gap.map((seat) => hall.label(seat)));
        notice.append(this.#shiftButton(filling.seats, gettext("Take %(seats)s instead", { seats })));
      }
      notices.push(notice);
    }
    if (this.namesLimit && choice.count >= choice.limit) {
      notices.push(
        this.#notice(
          ngettext(
            "That is the most that one person may book for this show: %(count)s ticket.",
            "That is the most that one person may book for this show: %(count)s tickets.",
            choice.limit,
          ),
        ),
      );
    }
    const words = notices.map((notice) => notice.textContent).join("\n");
    if (words !== [...this.advice.children].map((notice) => notice.textContent).join("\n")) {
      this.advice.replaceChildren(...notices);
    }
  }

  /**
   * @param {number[]} seats
   * @param {string} words
   */
  #shiftButton(seats, words) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--small";
    button.dataset.shift = seats.join(" ");
    button.textContent = words;
    return button;
  }

  /** @param {string} words */
  #notice(words) {
    const notice = document.createElement("div");
    notice.className = "notice notice--warn basket__notice";
    const text = document.createElement("p");
    text.textContent = words;
    notice.append(text);
    return notice;
  }
}

/** Take away what the server has said against a line, once another ticket type is chosen in it. @param {Element} select */
function forgetRefusal(select) {
  select.closest("[data-seat]:not(select)")?.querySelector("[data-refusal]")?.remove();
  select.removeAttribute("aria-invalid");
  select.removeAttribute("aria-describedby");
}
