/**
 * Says what the door decided to people who do not look: by sound, by vibration, and to screen readers.
 */

/** @typedef {"good" | "out" | "warn" | "bad" | "plain"} Tone */

// Each note: hertz, and seconds from the start. A high pair admits, a low buzz stops: they differ in pitch and rhythm.
/** @type {Record<Tone, { notes: [number, number][], wave: OscillatorType, pulses: number[] }>} */
const SIGNALS = {
  good: { notes: [[880, 0], [1320, 0.09]], wave: "sine", pulses: [60] },
  out: { notes: [[1320, 0], [880, 0.09]], wave: "sine", pulses: [60] },
  warn: { notes: [[520, 0], [520, 0.18]], wave: "triangle", pulses: [120, 80, 120] },
  bad: { notes: [[160, 0], [160, 0.2], [160, 0.4]], wave: "square", pulses: [400] },
  plain: { notes: [], wave: "sine", pulses: [] },
};
const NOTE_SECONDS = 0.12;
const LOUDNESS = 0.25;
const STORED = "door-is-silent";

/** @type {AudioContext | null} */
let audio = null;

export function isSilent() {
  try {
    return localStorage.getItem(STORED) === "1";
  } catch {
    return false;
  }
}

/** @param {boolean} silent */
export function setSilent(silent) {
  try {
    localStorage.setItem(STORED, silent ? "1" : "0");
  } catch {
    // Then the choice lasts for this page.
  }
}

/** Browsers let a page sound only after it was touched or typed at. */
export function allowSound() {
  audio ??= "AudioContext" in window ? new AudioContext() : null;
  if (audio?.state === "suspended") void audio.resume();
}

/** @param {string} tone */
export function signal(tone) {
  const { notes, wave, pulses } = SIGNALS[/** @type {Tone} */ (tone)] ?? SIGNALS.plain;
  // Browsers let a page vibrate, too, only after it was touched.
  if (pulses.length && "vibrate" in navigator && navigator.userActivation?.hasBeenActive) navigator.vibrate(pulses);
  if (!audio || isSilent()) return;
  for (const [hertz, after] of notes) {
    const note = audio.createOscillator();
    const gain = audio.createGain();
    const at = audio.currentTime + after;
    note.type = wave;
    note.frequency.value = hertz;
    gain.gain.setValueAtTime(LOUDNESS, at);
    // Without a slope the end clicks.
    gain.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS);
    note.connect(gain).connect(audio.destination);
    note.start(at);
    note.stop(at + NOTE_SECONDS);
  }
}
