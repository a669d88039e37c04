/**
 * The coach: the camera chooses the frames that teach, and says what is still missing.
 *
 *   const element = coachStep({ person, signal, taken });
 *
 * A button opens and closes the camera. `taken(file)` is called with each frame that was chosen to teach the person
 * with this id, as a File. The camera ends with `signal` at the latest.
 */

import { faceOverlay, openCamera, watch } from "./camera.js";
import { html, icon, render } from "./html.js";
import { problemNotice, whileOff } from "./notices.js";
import { nt, t } from "./texts.js";
import { ringParts } from "./views/teach/readiness.js";

/** What stops a frame from being taken, in words for who stands before the camera; the first that fails is said. */
const HINTS = () => ({
  alone: t("One face at a time, please."),
  small: t("Come closer."),
  blurred: t("Hold still. More light helps too."),
  hidden: t("Let the whole face be seen."),
  turned: t("Not quite so far aside."),
});
const PROMPTS = () => ({
  ahead: t("Look into the camera."),
  left: t("Turn your head a little to your left."),
  right: t("Turn your head a little to your right."),
});
const MISSING = () => ({
  light: t("Let the light fall from another side: turn on the spot, or go to a window."),
  glasses: t("Take your glasses off for a moment, if you can."),
  hat: t("Take your hat off for a moment, if you can."),
});

export function coachStep({ person, signal, taken }) {
  const place = html`<div></div>`;
  const button = html`<button onclick=${() => whileOff(button, change)}></button>`;
  let camera = null;
  const close = () => {
    camera?.abort();
    camera = null;
    render(place);
    render(button, icon("camera"), t("Use the camera"));
  };
  const open = async () => {
    camera = new AbortController();
    const both = AbortSignal.any([signal, camera.signal]);
    render(place, await coachPanel({ person, signal: both, taken }));
    render(button, icon("cross"), t("Close the camera"));
    place.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
  const change = async () => {
    if (camera) return close();
    return open().catch((error) => {
      close();
      throw error;
    });
  };
  close();
  return html`<div class="stack"><div class="row">${button}</div>${place}</div>`;
}

async function coachPanel({ person, signal, taken }) {
  const camera = await openCamera(signal);
  const photo = document.createElement("face-photo");
  photo.classList.add("coach");
  photo.show(camera.video);
  const draw = faceOverlay(photo, camera);
  const say = html`<p class="say" role="status"></p>`;
  const ring = document.createElement("parts-ring");
  photo.append(ring);
  const turns = html`<p class="small quiet"></p>`;
  const problem = html`<div></div>`;
  let count = 0;
  let shown = "";
  const told = ({ answer: { faces, coach }, frame }) => {
    const { frame: checks, readiness, takes } = coach;
    const isGood = checks.every(({ ok, part }) => ok || part === "new");
    draw(faces, () => ({ kind: isGood ? "yes" : "unsure", tag: "" }));
    const words = hint(coach, faces);
    if (say.textContent !== words) say.textContent = words;
    photo.dataset.prompt = coach.prompt ?? "";
    if (shown !== JSON.stringify(readiness)) {
      shown = JSON.stringify(readiness);
      ring.parts = ringParts(readiness.photos);
    }
    turns.textContent = turnsText(coach);
    if (!takes) return;
    count += 1;
    flash(photo);
    taken(new File([frame], `camera-${count}.jpg`, { type: "image/jpeg" }));
  };
  const wanted = () => ({ people: [], coach_for: person });
  watch({ camera, wanted, signal, told }).catch((error) => render(problem, problemNotice(error)));
  return html`<div class="stack coach-panel">${say}${photo}${problem}${turns}</div>`;
}

/** The one thing to say now. */
function hint({ frame, prompt, readiness }, faces) {
  if (!faces.length) return t("No face is seen. Look into the camera.");
  const hints = HINTS();
  const failed = Object.keys(hints).find((part) => frame.some((check) => check.part === part && !check.ok));
  if (failed) return hints[failed];
  if (prompt) return PROMPTS()[prompt];
  const missing = readiness.photos.find(({ part, share }) => share < 1 && MISSING()[part]);
  return missing ? MISSING()[missing.part] : t("That is all. Photos of other days will still teach more.");
}

function turnsText({ turns_asked: asked, turns_followed: followed }) {
  if (!asked) return "";
  return nt(
    "The head turned as asked {followed} of {count} time. That hints that no photo is held up; it proves nothing.",
    "The head turned as asked {followed} of {count} times. That hints that no photo is held up; it proves nothing.",
    asked,
    { followed },
  );
}

/** Shows that a frame was taken. */
function flash(photo) {
  photo.classList.remove("taken");
  requestAnimationFrame(() => photo.classList.add("taken"));
}
