/**
 * The site's time on a device whose own clock may be wrong, or be turned while there is no network.
 */

// A clock that is off by more is said on the page.
export const TOLERANCE_MS = 120_000;

export class Clock {
  /**
   * @param {number} [error]  by how much the device's clock is ahead
   * @param {number} [latest]  a time of the site's that has passed already
   */
  constructor(error = 0, latest = 0) {
    this.error = error;
    this.latest = latest;
  }

  /**
   * @param {string} siteTime
   * @param {number} askedAt  by the device's clock
   * @param {number} answeredAt
   */
  measure(siteTime, askedAt, answeredAt) {
    const time = Date.parse(siteTime);
    if (Number.isNaN(time)) return;
    this.error = Math.round((askedAt + answeredAt) / 2 - time);
    // Not the latest ever: a clock that was too far ahead is put right.
    this.latest = time;
  }

  /** Time does not go back, whatever the device's clock does. */
  now() {
    this.latest = Math.max(Date.now() - this.error, this.latest);
    return this.latest;
  }

  /** @param {number} time  of the site */
  pass(time) {
    this.latest = Math.max(time, this.latest);
  }

  /** Whether it was turned back since the site was asked last. */
  get isTurnedBack() {
    return Date.now() - this.error < this.latest - TOLERANCE_MS;
  }

  get isWrong() {
    return Math.abs(this.error) > TOLERANCE_MS || this.isTurnedBack;
  }
}
