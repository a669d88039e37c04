/**
 * Recognise with the camera: who is before it, with the probability, the rate of wrong yeses beside it, and from how
 * many moments the answer comes.
 *
 *   const panel = await livePanel({ people, wanted, signal });
 *
 * `people` are those of GET /people; `wanted` is the Set of the ids to look for, and may change meanwhile. Gives
 * `{ picture, answers, held }`: two elements, and a function that gives the last frame as a File, null before the first.
 * The camera ends with `signal`. Throws an Error that says why there is no camera.
 */

import { faceOverlay, openCamera, watch } from "./camera.js";
import { html, render } from "./html.js";
import { problemNotice } from "./notices.js";
import { boxWords, issueText, probabilityMeter, verdictChip } from "./people.js";
import { listed, nt, oneIn, t } from "./texts.js";

const VERDICTS = ["yes", "unsure", "no"];
/** So often the words beside the picture change; faster ones cannot be read. */
const WORDS_MS = 400;

export async function livePanel({ people, wanted, signal }) {
  const camera = await openCamera(signal);
  const photo = document.createElement("face-photo");
  photo.show(camera.video);
  const draw = faceOverlay(photo, camera);
  const rateLine = html`<p class="small quiet"></p>`;
  const spoken = html`<p class="spoken" role="status"></p>`;
  const entries = html`<div></div>`;
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const say = wordsNowAndThen(({ faces }, rate) => {
    rateLine.textContent = nt("{count} frame a second", "{count} frames a second", Math.round(rate));
    const seen = sentence(faces, names);
    if (spoken.textContent !== seen) spoken.textContent = seen;
    render(entries, faces.length ? faces.map((face) => entry(face, names)) : html`<p class="quiet">${seen}</p>`);
  });
  let last = null;
  const told = ({ answer, frame, rate }) => {
    last = frame;
    draw(answer.faces, (face) => worded(best(face), names));
    say(answer, rate);
  };
  watch({ camera, wanted: () => ({ people: [...wanted] }), signal, told }).catch((error) => render(entries, problemNotice(error)));
  return {
    picture: html`<div class="stack">${photo}${rateLine}</div>`,
    answers: html`<div class="stack"><h2>${t("Before the camera")}</h2>${spoken}<div aria-live="off">${entries}</div>
      <p class="small quiet">${t("Hold the picture to see why, and the attributes.")}</p></div>`,
    held: () => last && new File([last], "camera.jpg", { type: "image/jpeg" }),
  };
}

/** The function, called at most once in `WORDS_MS`. */
function wordsNowAndThen(change) {
  let next = 0;
  return (...values) => {
    if (performance.now() < next) return;
    next = performance.now() + WORDS_MS;
    change(...values);
  };
}

/** The likeliest of the answers about a face; none where nobody is looked for. */
const best = ({ answers }) =>
  answers.toSorted(
    (a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) || b.probability - a.probability,
  )[0];

function worded(answer, names) {
  if (!answer || answer.verdict === "no") return { kind: "no", tag: "" };
  return { kind: answer.verdict, tag: boxWords(names.get(answer.person), answer.verdict, answer.probability) };
}

/** Who is seen, as one sentence. */
function sentence(faces, names) {
  const known = faces.map(best).filter((answer) => answer?.verdict === "yes");
  if (known.length) return t("{names} is seen.", { names: listed(known.map(({ person }) => names.get(person))) });
  return faces.length ? nt("{count} face is seen, of nobody who is known for sure.", "{count} faces are seen, of nobody who is known for sure.", faces.length) : t("No face is seen.");
}

function entry(face, names) {
  const answer = best(face);
  const issue = face.quality.issues[0] && issueText(face.quality.issues[0]);
  return html`<article class="answer">
    ${answer && verdict(answer, names)}
    ${issue && html`<p class="small"><strong class="sentence">${issue.title}.</strong> ${issue.measured}</p>`}
  </article>`;
}

function verdict({ person, verdict: said, probability: share, false_match_rate: rate, moments }, names) {
  return html`<div class="stack tight">
    <div class="row spread"><h3>${names.get(person)}</h3>${verdictChip(said)}</div>
    ${probabilityMeter(said, share)}
    <p class="small quiet">${t("{rate} strangers gets a wrong yes: the rate that was chosen.", { rate: oneIn(rate) })}</p>
    ${moments > 0 && html`<p class="small quiet">${nt("From {count} moment: frames that look alike count once.", "From {count} moments: frames that look alike count once.", moments)}</p>`}
  </div>`;
}
