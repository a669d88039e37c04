/** One person: photos that teach, how ready they are, learning as it happens, and what came of it. */

import { get, getTagged } from "../../api.js";
import { html } from "../../html.js";
import { notice } from "../../notices.js";
import { all } from "../../paging.js";
import { consentLine, portrait } from "../../people.js";
import { link } from "../../router.js";
import { date, t } from "../../texts.js";
import { agesStep } from "./ages.js";
import { editDetails } from "./details.js";
import { learnStep } from "./learning.js";
import { photoStep } from "./photos.js";
import { ringParts } from "./readiness.js";

export default async function personView(id, { signal }) {
  const [{ value: person, etag }, photos, readiness, ages] = await Promise.all([
    getTagged(`/people/${id}`, signal),
    all(`/people/${id}/photos`, "photos", signal),
    get(`/people/${id}/readiness`, {}, signal),
    get(`/people/${id}/ages`, {}, signal),
  ]);
  const ring = document.createElement("parts-ring");
  const learning = learnStep(person, signal);
  const show = ({ photos: checks, can_learn: canLearn }) => {
    ring.parts = ringParts(checks);
    learning.allow(canLearn && person.consent !== null);
  };
  const refresh = async () => show(await get(`/people/${id}/readiness`));
  show(readiness);
  return html`<div class="view">
    <header class="row spread">
      <div class="row">
        ${portrait(person, "large")}
        <div class="stack tight">
          <h1>${person.name}</h1>
          ${noted(person)}
        </div>
      </div>
      <div class="row">
        <button onclick=${() => editDetails(person, etag)}>${t("Change details")}</button>
        ${person.is_learnt && html`<a class="button" href=${link("library", "questions", id)}>${t("Answer questions")}</a>`}
        <a class="button" href=${link("held", "forget", id)}>${t("Forget")}</a>
      </div>
    </header>
    <div class="columns">
      <div class="steps">
        ${person.consent ? photoStep(person, photos, refresh, signal) : noConsent(person, etag)} ${learning.element} ${ages.years.length > 0 && agesStep(ages)}
      </div>
      <aside class="card raised stack">
        <h2>${t("How ready it is")}</h2>
        ${ring}
      </aside>
    </div>
  </div>`;
}

/** Who agreed, and when, with the note; without a consent, nothing is taught. */
function noted({ consent, birth_date: birth }) {
  if (!consent) return null;
  return html`<div class="stack tight">
    <p class="quiet small">${consentLine(consent)}</p>
    ${birth && html`<p class="quiet small">${t("Born on {date}", { date: date(birth) })}</p>`}
    ${consent.note && html`<p class="quiet small" dir="auto">${t("“{note}”", { note: consent.note })}</p>`}
  </div>`;
}

function noConsent(person, etag) {
  const note = html`<button class="primary" onclick=${() => editDetails(person, etag)}>${t("Note who agreed")}</button>`;
  const why = t("A face is personal. Semblante notes who agreed, and learns nothing without that.");
  return notice("warn", "shield", html`<strong>${t("Nobody has noted who agreed")}</strong>`, html`<span>${why}</span>`, html`<div class="row">${note}</div>`);
}
