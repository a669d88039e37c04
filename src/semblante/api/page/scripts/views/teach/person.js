/** One person: photos that teach, how ready they are, learning as it happens, and what came of it. */

import { get, getTagged, patch, post } from "../../api.js";
import { html, icon, render } from "../../html.js";
import { ask, attempt, toast, whileOff } from "../../notices.js";
import { consentLine, portrait } from "../../people.js";
import { go, link } from "../../router.js";
import { t } from "../../texts.js";
import { reload, undoable } from "../../view.js";
import { ages } from "./ages.js";
import { latestLesson, lessonView } from "./lesson.js";
import { photoStep } from "./photos.js";
import { ringParts } from "./readiness.js";

export default async function personView(id, { signal }) {
  const [{ value: person, etag }, photos] = await Promise.all([
    getTagged(`/people/${id}`, signal),
    get(`/people/${id}/photos`, { limit: 200 }, signal),
  ]);
  const outcome = html`<div class="stack" aria-live="polite"></div>`;
  const learn = html`<button class="primary">${icon("neuron")}${person.learnt ? t("Learn again") : t("Learn this face")}</button>`;
  const ring = document.createElement("parts-ring");
  const refresh = async () => {
    const { readiness } = await get(`/people/${id}/photos`, { limit: 1 });
    showReadiness(ring, learn, readiness);
  };
  showReadiness(ring, learn, photos.readiness);
  learn.addEventListener("click", () => whileOff(learn, () => teach(person, outcome)));
  if (person.learnt) latestLesson(person, outcome, signal);

  return html`<div class="view">
    <header class="row spread">
      <div class="row">
        ${portrait(person, "large")}
        <div class="stack tight">
          <h1>${person.name}</h1>
          <p class="quiet small">${consentLine(person.consent)}</p>
        </div>
      </div>
      <div class="row">
        <button onclick=${() => rename(person, etag)}>${t("Rename")}</button>
        <a class="button" href=${link("library", "questions", id)}>${t("Answer questions")}</a>
        <button class="danger" onclick=${() => go(link("held", "forget", id))}>${t("Forget")}</button>
      </div>
    </header>
    <div class="columns">
      <div class="steps">
        ${photoStep(person, photos, refresh)}
        <section class="step">
          <h2>${t("Learn")}</h2>
          <p>${t("One neuron looks for the line that parts this face from those of thousands of strangers. It takes seconds.")}</p>
          <div class="row">${learn}</div>
          ${outcome}
        </section>
        ${ages(person, photos)}
      </div>
      <aside class="card raised stack">
        <h2>${t("How ready it is")}</h2>
        ${ring}
      </aside>
    </div>
  </div>`;
}

/** The ring of what is there and what is missing; learning waits for enough photos. */
function showReadiness(ring, learn, { photos, can_learn: canLearn }) {
  ring.parts = ringParts(photos);
  learn.disabled = !canLearn;
}

async function teach(person, outcome) {
  const progress = document.createElement("job-progress");
  render(outcome, progress);
  const job = await post(`/people/${person.id}/lessons`);
  const { state } = await progress.run(job);
  if (state !== "done") return;
  render(outcome, lessonView(person, await get(`/people/${person.id}/lessons`)));
}

async function rename(person, etag) {
  const answer = await ask({
    title: t("Rename {name}", { name: person.name }),
    content: html`<div class="field">
      <label for="new-name">${t("New name")}</label>
      <input id="new-name" name="name" required maxlength="200" value=${person.name} dir="auto">
    </div>`,
    actions: [{ label: t("Rename"), value: "rename" }],
  });
  if (!answer) return;
  await attempt(async () => {
    const renamed = await patch(`/people/${person.id}`, { name: answer.fields.name }, etag);
    toast(t("This is {name} now.", { name: renamed.name }), undoable(renamed));
    reload();
  });
}
