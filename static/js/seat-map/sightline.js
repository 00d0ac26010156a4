/**
 * The view from a seat by geometry alone: how far the stage is, at what angle, what is in front, and where the stage's
 * corners and the heads in front appear to someone who looks at its middle. A plan knows no heights, so the rake is a
 * usual one and says nothing about a particular hall.
 */

/** @typedef {{x: number, y: number}} Point */
/** @typedef {Point & {row: object}} Seat */
/** @typedef {[number, number]} Pixel */

/**
 * @template {Seat} S
 * @typedef {object} Hall
 * @property {[Point, Point] | null} front  the ends of the stage's front edge, the audience's left one first
 * @property {number} metersPerUnit
 * @property {Iterable<S>} all
 */

/**
 * @typedef {object} Sightline
 * @property {number} meters  to the middle of the stage's front edge
 * @property {number} angle  degrees off its axis, negative to the left as the audience sees it
 * @property {number} rows  of the own section in front, as many as the line of sight crosses
 * @property {boolean} isOverOthers  true in the first row of a section behind another one: a balcony often has a rail
 * @property {Pixel[]} floor  of the stage, from its left front corner clockwise
 * @property {Pixel[]} back  its back wall
 * @property {Pixel[]} frame  its opening, or the screen
 * @property {Pixel[]} figure  the feet and head of a person in the middle of the front edge
 * @property {{at: Pixel, radius: number}[]} heads  of those who sit in front, the farthest first
 */

/** What the view shows, in its own units, with the horizon at `HORIZON`. */
export const WIDTH = 160;
export const HEIGHT = 100;
const HORIZON = 44;
/** As a lens: a stage as wide as it is far fills this much of the view's width. */
const FOCUS = 110;

// All in meters.
const EYES = 1.15;
const STAGE_ABOVE_FIRST_ROW = 1;
const RISE_PER_METER = 0.2;
const PERSON = 1.75;
const HEAD = 0.13;
/** From someone's eyes to the middle of their head. */
const ABOVE_EYES = 0.03;
/** Of a stage, as parts of its width. */
const DEPTH = 0.55;
const OPENING = 0.45;
/** How far to the side of the line of sight a seat counts as in front, and how far away heads are drawn. */
const ASIDE = 0.45;
const HEADS_WITHIN = 4.5;
/** Nothing nearer than this can be drawn. */
const NEAREST = 0.4;

/**
 * Return what someone sees from a seat, or null where nothing is known of a stage.
 * @template {Seat} S
 * @param {Hall<S>} hall
 * @param {S} seat
 * @param {(seat: S) => unknown} sectionOf
 * @returns {Sightline | null}
 */
export function lookFrom(hall, seat, sectionOf) {
  if (!hall.front) return null;
  const scale = hall.metersPerUnit;
  const [left, right] = hall.front;
  const middle = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
  const width = Math.hypot(right.x - left.x, right.y - left.y) * scale;
  const [ux, uy] = width ? [((right.x - left.x) * scale) / width, ((right.y - left.y) * scale) / width] : [1, 0];
  /** Meters to the right of the middle and from the front edge towards the audience. @param {Point} point */
  const place = ({ x, y }) => {
    const [dx, dy] = [(x - middle.x) * scale, (y - middle.y) * scale];
    return { across: dx * ux + dy * uy, away: -dx * uy + dy * ux };
  };
  const own = place(seat);
  const meters = Math.hypot(own.across, own.away);
  const [ax, ay] = meters ? [-own.across / meters, -own.away / meters] : [0, -1];

  const section = sectionOf(seat);
  const rows = new Set();
  let isOverOthers = false;
  /** @type {{ahead: number, aside: number}[]} */
  const near = [];
  for (const other of hall.all) {
    const at = place(other);
    const [dx, dy] = [at.across - own.across, at.away - own.away];
    const ahead = dx * ax + dy * ay;
    if (ahead <= NEAREST || ahead >= meters) continue;
    const aside = dy * ax - dx * ay;
    const isOwn = sectionOf(other) === section;
    if (Math.abs(aside) <= ASIDE && other.row !== seat.row) {
      if (isOwn) rows.add(other.row);
      else isOverOthers = true;
    }
    if (isOwn && ahead < HEADS_WITHIN && Math.abs(aside) < ahead && other.row !== seat.row) near.push({ ahead, aside });
  }

  const height = EYES + RISE_PER_METER * Math.max(0, meters) - STAGE_ABOVE_FIRST_ROW;
  const project = (/** @type {number} */ across, /** @type {number} */ behind, /** @type {number} */ up) => {
    const [dx, dy] = [across - own.across, -behind - own.away];
    const ahead = Math.max(NEAREST, dx * ax + dy * ay);
    return /** @type {Pixel} */ ([
      WIDTH / 2 + ((dy * ax - dx * ay) / ahead) * FOCUS,
      HORIZON + ((height - up) / ahead) * FOCUS,
    ]);
  };
  const [half, depth, opening] = [width / 2, width * DEPTH, width * OPENING];
  const back = half * 0.8;
  return {
    meters,
    angle: (Math.atan2(own.across, own.away) * 180) / Math.PI,
    rows: rows.size,
    isOverOthers: isOverOthers && !rows.size,
    floor: [project(-half, 0, 0), project(-back, depth, 0), project(back, depth, 0), project(half, 0, 0)],
    back: [project(-back, depth, 0), project(-back, depth, opening), project(back, depth, opening), project(back, depth, 0)],
    frame: [project(-half, 0, 0), project(-half, 0, opening), project(half, 0, opening), project(half, 0, 0)],
    figure: [project(0, 0, 0), project(0, 0, PERSON)],
    heads: near
      .sort((a, b) => b.ahead - a.ahead)
      .map(({ ahead, aside }) => ({
        at: [WIDTH / 2 + (aside / ahead) * FOCUS, HORIZON + ((RISE_PER_METER * ahead - ABOVE_EYES) / ahead) * FOCUS],
        radius: (HEAD / ahead) * FOCUS,
      })),
  };
}
