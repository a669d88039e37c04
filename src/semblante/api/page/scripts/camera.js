/**
 * The camera, its frames on the way to the service, and the faces drawn over the picture.
 *
 *   const camera = await openCamera(signal);              // asks the person; an error says why there is none
 *   photo.show(camera.video, label);                      // a <face-photo>
 *   const draw = faceOverlay(photo, camera);              // draw(faces, worded) at each answer
 *   await watch({ camera, wanted, signal, told });        // until the signal, or an error
 *
 * `wanted()` gives the body of POST /live; where it gives something else than before, a session begins anew.
 * `told({ answer, frame, rate })` hears what the service said of a frame, the frame itself (a JPEG as a Blob),
 * and how many frames a second are answered. The next frame is taken when the last one is answered, so the
 * picture is never older than one answer.
 */

import { post, postFile, remove } from "./api.js";
import { placeBox } from "./elements/face-photo.js";
import { html } from "./html.js";
import { t } from "./texts.js";

const CAMERA = { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
const JPEG_QUALITY = 0.85;
const BUSY_MS = 1000;
/** The weight of the newest frame in the rate that is shown. */
const NEWEST = 0.1;

const PROBLEMS = () => ({
  NotAllowedError: t("The camera may not be used. Allow it for this page in the browser's address bar."),
  NotFoundError: t("No camera was found."),
  NotReadableError: t("The camera cannot be used; another program may have it."),
});

/** Opens the camera until `signal`; gives its `video`, whether that is seen as in a mirror, and its frames. */
export async function openCamera(signal) {
  if (!navigator.mediaDevices) throw new Error(t("Browsers give the camera only to pages of this computer, and over HTTPS."));
  const stream = await navigator.mediaDevices.getUserMedia({ video: CAMERA }).catch((error) => {
    throw new Error(PROBLEMS()[error.name] ?? error.message);
  });
  const [track] = stream.getVideoTracks();
  const close = () => track.stop();
  if (signal.aborted) close();
  signal.addEventListener("abort", close, { once: true });
  const isMirrored = track.getSettings().facingMode !== "environment";
  const video = html`<video class=${isMirrored ? "mirrored" : ""} muted playsinline></video>`;
  video.muted = true;
  video.srcObject = stream;
  await video.play();
  return { video, isMirrored, next: () => nextFrame(video, track, signal), jpeg: (sidePx) => jpegOf(video, sidePx) };
}

/** Waits for a frame that was not seen yet; the signal and the end of the camera are errors. */
function nextFrame(video, track, signal) {
  return new Promise((resolve, reject) => {
    const waiting = new AbortController();
    const settle = (settled, value) => {
      waiting.abort();
      settled(value);
    };
    const request = video.requestVideoFrameCallback(() => settle(resolve));
    const stop = (error) => {
      video.cancelVideoFrameCallback(request);
      settle(reject, error);
    };
    const off = () => stop(new Error(t("The camera was switched off.")));
    track.addEventListener("ended", off, { signal: waiting.signal });
    signal.addEventListener("abort", () => stop(signal.reason), { signal: waiting.signal });
    if (signal.aborted) stop(signal.reason);
    else if (track.readyState === "ended") off();
  });
}

/** The frame that is shown, with a longer side of at most `sidePx`; it is not mirrored. */
async function jpegOf(video, sidePx) {
  const scale = Math.min(1, sidePx / Math.max(video.videoWidth, video.videoHeight));
  const canvas = new OffscreenCanvas(Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale));
  canvas.getContext("2d", { alpha: false }).drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: JPEG_QUALITY });
}

/** Sends frame after frame and tells what the service says, until `signal`. */
export async function watch({ camera, wanted, signal, told }) {
  let session = null;
  let asked = "";
  let rate = 0;
  let last = performance.now();
  try {
    while (!signal.aborted) {
      if (session && asked !== JSON.stringify(wanted())) session = await ended(session);
      if (!session) {
        asked = JSON.stringify(wanted());
        session = await post("/live", wanted());
      }
      await camera.next();
      const frame = await camera.jpeg(session.frame_side_px);
      const answer = await answered(session, frame, signal);
      if (answer === FORGOTTEN) session = null;
      if (!answer.faces) continue;
      const now = performance.now();
      rate = rate ? (1 - NEWEST) * rate + (NEWEST * 1000) / (now - last) : 1000 / (now - last);
      last = now;
      told({ answer, frame, rate });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (session) ended(session);
  }
}

const FORGOTTEN = {};
const BUSY = {};

async function answered(session, frame, signal) {
  try {
    return await postFile(`/live/${session.id}/frames`, frame, signal);
  } catch (problem) {
    if (problem.code === "camera_unknown") return FORGOTTEN;
    if (problem.status !== 503) throw problem;
    await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
    return BUSY;
  }
}

/** Ends a session; where the service has forgotten it, there is nothing to end. */
async function ended(session) {
  await remove(`/live/${session.id}`).catch(() => {});
  return null;
}

/**
 * A function that draws the faces over the picture: `draw(faces, worded)`, where `worded(face)` gives the `kind`
 * of its box (yes, unsure, no) and its `tag`. A face keeps its box as it moves. What is drawn is said in words
 * elsewhere, at a pace that can be read out.
 */
export function faceOverlay(photo, { isMirrored }) {
  const layer = photo.querySelector(".boxes");
  layer.ariaHidden = "true";
  const drawn = new Map();
  return (faces, worded) => {
    const seen = new Set(faces.map(({ track }) => track));
    for (const [track, box] of drawn) {
      if (seen.has(track)) continue;
      box.remove();
      drawn.delete(track);
    }
    for (const face of faces) {
      if (!drawn.has(face.track)) {
        const box = html`<div class="box"><span></span></div>`;
        drawn.set(face.track, box);
        layer.append(box);
      }
      place(drawn.get(face.track), face.box.normalised, isMirrored, worded(face));
    }
  };
}

function place(box, [x0, y0, x1, y1], isMirrored, { kind, tag }) {
  box.className = `box ${kind}`;
  placeBox(box, isMirrored ? { x0: 1 - x1, y0, x1: 1 - x0, y1 } : { x0, y0, x1, y1 });
  box.firstChild.textContent = tag;
  box.firstChild.hidden = !tag;
}
