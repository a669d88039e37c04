/** One person: photos that teach, how ready they are, learning as it happens, and what came of it. */

import { get, getTagged, patch } from "../../api.js";
import { html } from "../../html.js";
import { ask, attempt, toast } from "../../notices.js";
import { consentLine, portrait } from "../../people.js";
import { link } from "../../router.js";
import { t } from "../../texts.js";
import { reload, undoNewest } from "../../view.js";
import { agesStep } from "./ages.js";
import { learnStep } from "./learning.js";
import { photoStep } from "./photos.js";
import { ringParts } from "./readiness.js";

export default async function personView(id, { signal }) {
  const [{ value: person, etag }, photos, readiness, ages] = await Promise.all([
    getTagged(`/people/${id}`, signal),
    get(`/people/${id}/photos`, {}, signal),
    get(`/people/${id}/readiness`, {}, signal),
    get(`/people/${id}/ages`, {}, signal),
  ]);
  const ring = document.createElement("parts-ring");
  const learning = learnStep(person, signal);
  const show = ({ photos: checks, can_learn: canLearn }) => {
    ring.parts = ringParts(checks);
    learning.allow(canLearn);
  };
  const refresh = async () => show(await get(`/people/${id}/readiness`));
  show(readiness);
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
        <a class="button" href=${link("held", "forget", id)}>${t("Forget")}</a>
      </div>
    </header>
    <div class="columns">
      <div class="steps">
        ${photoStep(person, photos, refresh, signal)} ${learning.element} ${ages.years.length > 0 && agesStep(ages)}
      </div>
      <aside class="card raised stack">
        <h2>${t("How ready it is")}</h2>
        ${ring}
      </aside>
    </div>
  </div>`;
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
    const { name } = await patch(`/people/${person.id}`, { name: answer.fields.name }, etag);
    toast(t("This is {name} now.", { name }), undoNewest);
    reload();
  });
}
