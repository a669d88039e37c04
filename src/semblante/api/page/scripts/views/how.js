/** How it works: the two models in pictures that can be touched, on a face of one's own or a drawn one. */

import { get } from "../api.js";
import { html, icon } from "../html.js";
import { attempt, whileOff } from "../notices.js";
import { all } from "../paging.js";
import { link } from "../router.js";
import { t } from "../texts.js";
import { attributesChapter } from "./how/attributes.js";
import { convolutionChapter } from "./how/convolution.js";
import { dataChapter } from "./how/data.js";
import { featureMaps } from "./how/feature_maps.js";
import { neuronChapter } from "./how/neuron.js";
import { describeFace } from "./how/own_face.js";
import { takePicture } from "./how/snapshot.js";
import { trainingChapter } from "./how/training.js";

/** Drawn by `semblante.generate`: seed 3, person 11, picture 0. */
const SAMPLE = "/page/images/drawn-face.webp";

export default async function how({ path, signal }) {
  const [model, people] = await Promise.all([get("/model", {}, signal), all("/people", "people", signal)]);
  const chosen = new EventTarget();
  const use = (file) => attempt(() => show(file, chosen, signal));
  const snap = async () => {
    const picture = await takePicture(signal);
    if (picture) await use(picture);
  };
  const camera = html`<button type="button" onclick=${() => whileOff(camera, snap)}>${icon("camera")}${t("Use the camera")}</button>`;
  const options = {
    title: t("Use your own face"),
    hint: t("A drawn face of nobody is shown until then."),
    several: false,
    actions: [camera],
  };
  const zone = html`<drop-zone class="compact" options=${options}></drop-zone>`;
  zone.addEventListener("files", ({ detail: { files } }) => files.length && use(files[0]));
  const view = html`<div class="view">
    <header>
      <h1>${t("How it works")}</h1>
      <p class="lede">${t("Two models do the work. The first learned to read faces from CelebA's celebrities. The second is a single neuron that learns one person, yours to teach.")}</p>
    </header>
    ${zone}
    ${dataChapter(model, chosen)}
    ${convolutionChapter(chosen, signal)}
    ${featureMaps(chosen)}
    ${attributesChapter(model, chosen)}
    ${neuronChapter(people, path[0], chosen, signal)}
    ${trainingChapter(model)}
    <p><a href=${link("teach")}>${t("Now teach it a face")}</a></p>
  </div>`;
  // The chapters are in the page before the face comes.
  queueMicrotask(async () => use(await sample()));
  return view;
}

async function sample() {
  const response = await fetch(SAMPLE);
  return new File([await response.blob()], "drawn-face.webp", { type: "image/webp" });
}

/** Tells all chapters what the model says of the largest face in a file. */
async function show(file, chosen, signal) {
  const detail = await describeFace(file, signal);
  if (!signal.aborted) chosen.dispatchEvent(new CustomEvent("face", { detail }));
}
