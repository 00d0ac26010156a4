/**
 * Reads QR codes from the camera: by the browser's own detector where it has one, else by zxing in WebAssembly.
 */

/** @typedef {(picture: HTMLCanvasElement) => Promise<string | undefined>} Decode */

const LOOK_EVERY_MS = 100;
// Enough for a ticket's code that fills half of the picture; a larger one takes longer to read.
const PICTURE_WIDTH = 800;
// The same code counts again once it was out of sight for so long.
const FORGET_AFTER_MS = 2500;

/** @param {string} address */
function loadScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

/**
 * @param {string} decoder
 * @param {string} wasm
 * @returns {Promise<Decode>}
 */
async function makeDecode(decoder, wasm) {
  const Detector = /** @type {any} */ (window).BarcodeDetector;
  if (Detector && (await Detector.getSupportedFormats()).includes("qr_code")) {
    const detector = new Detector({ formats: ["qr_code"] });
    return async (picture) => (await detector.detect(picture))[0]?.rawValue;
  }
  await loadScript(decoder);
  const { prepareZXingModule, readBarcodes } = /** @type {any} */ (window).ZXingWASM;
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return async (picture) => {
    const data = picture.getContext("2d")?.getImageData(0, 0, picture.width, picture.height);
    const [found] = data ? await readBarcodes(data, { formats: ["QRCode"], maxNumberOfSymbols: 1 }) : [];
    return found?.text;
  };
}

/**
 * Shows the camera in `video`, and calls `onCode` for each code that comes into sight. Returns what ends it, and what
 * switches its light, where it has one.
 *
 * @param {HTMLVideoElement} video
 * @param {string} decoder  the address of zxing's script
 * @param {string} wasm  and of its program
 * @param {(text: string) => void} onCode
 */
export async function startCamera(video, decoder, wasm, onCode) {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1280 } },
  });
  const end = () => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  try {
    video.srcObject = stream;
    const [decode] = await Promise.all([makeDecode(decoder, wasm), video.play()]);
    void look(video, decode, onCode, () => stream.active);
  } catch (error) {
    end();
    throw error;
  }
  const [track] = stream.getVideoTracks();
  // Not in TypeScript's own types: a few browsers have it.
  const { torch } = /** @type {{ torch?: boolean }} */ (track.getCapabilities?.() ?? {});
  const light = (/** @type {boolean} */ isOn) =>
    track.applyConstraints(/** @type {any} */ ({ advanced: [{ torch: isOn }] }));
  return { end, light: torch ? light : null };
}

/**
 * @param {HTMLVideoElement} video
 * @param {Decode} decode
 * @param {(text: string) => void} onCode
 * @param {() => boolean} isOn
 */
async function look(video, decode, onCode, isOn) {
  const picture = document.createElement("canvas");
  const context = picture.getContext("2d", { willReadFrequently: true });
  let last = "";
  let seenAt = 0;
  while (isOn()) {
    if (context && video.videoWidth) {
      picture.width = Math.min(PICTURE_WIDTH, video.videoWidth);
      picture.height = Math.round((picture.width * video.videoHeight) / video.videoWidth);
      context.drawImage(video, 0, 0, picture.width, picture.height);
      const text = await decode(picture);
      const now = Date.now();
      if (text) {
        if (text !== last || now - seenAt > FORGET_AFTER_MS) onCode(text);
        last = text;
        seenAt = now;
      }
    }
    await new Promise((resolve) => window.setTimeout(resolve, LOOK_EVERY_MS));
  }
}
