/** Undo without end: a list of documents, each sharing with the one before it all that did not change. */

/**
 * @template State
 * @typedef {{state: State, words: string}} Step
 */

/** @template State */
export class History {
  /** @type {Step<State>[]} */
  #past = [];
  /** @type {Step<State>[]} */
  #future = [];

  /** @param {State} state */
  constructor(state) {
    this.state = state;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /**
   * @param {State} state
   * @param {string} words  what was done
   */
  push(state, words) {
    this.#past.push({ state: this.state, words });
    this.#future = [];
    this.state = state;
  }

  /** @returns {string | null} what was undone */
  undo() {
    return this.#step(this.#past, this.#future);
  }

  /** @returns {string | null} what was done again */
  redo() {
    return this.#step(this.#future, this.#past);
  }

  /**
   * Change every state alike, as when someone else's change arrives: undoing one's own step keeps theirs.
   * @param {(state: State) => State} change
   */
  rebase(change) {
    this.state = change(this.state);
    for (const step of [...this.#past, ...this.#future]) step.state = change(step.state);
  }

  /**
   * @param {Step<State>[]} from
   * @param {Step<State>[]} to
   */
  #step(from, to) {
    const step = from.pop();
    if (!step) return null;
    to.push({ state: this.state, words: step.words });
    this.state = step.state;
    return step.words;
  }
}
