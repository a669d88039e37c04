/** Groups of unknown faces: name, merge, split, or ignore them. */

import { get, patch, post, thumbnail } from "../../api.js";
import { html, icon } from "../../html.js";
import { ask, attempt, emptyState, toast } from "../../notices.js";
import { CONSENTS } from "../../people.js";
import { link } from "../../router.js";
import { nt, t, today } from "../../texts.js";
import { reload, undoable } from "../../view.js";

const SHOWN = 14;

export default async function groups({ signal }) {
  const { items } = await get("/groups", { limit: 200 }, signal);
  const unknown = items.filter(({ name }) => !name);
  if (!unknown.length) {
    return emptyState(
      "people",
      t("No unknown groups"),
      t("After a scan, faces that seem to be one person's come together here, so that you can name them."),
      html`<a class="button primary" href=${link("library", "folders")}>${t("To the folders")}</a>`,
    );
  }
  return html`<div class="stack loose">
    <p>${t("Faces that seem to be one person's. Give a group a name and it is learnt at once; ignore strangers for good.")}</p>
    <ul role="list" class="stack loose">${unknown.map((group) => groupCard(group, unknown))}</ul>
  </div>`;
}

function groupCard(group, all) {
  const { faces, doubtful, photos, is_certain: isCertain } = group;
  return html`<li class="card group">
    <div class="row spread">
      <h2>${nt("{count} photo", "{count} photos", photos)}</h2>
      ${!isCertain && html`<span class="chip unsure">${icon("question")}${t("May be several people")}</span>`}
    </div>
    <div class="strip">${faces.slice(0, SHOWN).map((face) => html`<img class="thumb" src=${thumbnail(face)} alt="" loading="lazy">`)}</div>
    ${doubtful.length > 0 && html`<p class="small quiet">${nt("{count} further face is doubtful", "{count} further faces are doubtful", doubtful.length)}</p>`}
    <div class="row">
      <button class="primary" onclick=${() => name(group)}>${t("Name")}</button>
      ${all.length > 1 && html`<button onclick=${() => merge(group, all)}>${t("Merge")}</button>`}
      <button onclick=${() => split(group)}>${t("Split up")}</button>
      <button onclick=${() => ignore(group)}>${icon("hide")}${t("Ignore")}</button>
    </div>
  </li>`;
}

async function name({ id, etag }) {
  const answer = await ask({
    title: t("Who is this?"),
    content: html`<div class="stack">
      <div class="field"><label for="group-name">${t("Name")}</label><input id="group-name" name="name" required maxlength="200" dir="auto"></div>
      <div class="field">
        <label for="group-who">${t("Who agreed to this?")}</label>
        <select id="group-who" name="who" required>
          <option value="">${t("Choose")}</option>
          ${CONSENTS().map(({ who, label }) => html`<option value=${who}>${label}</option>`)}
        </select>
      </div>
    </div>`,
    actions: [{ label: t("Learn this face"), value: "name" }],
  });
  if (!answer) return;
  const consent = { who: answer.fields.who, on: today(), note: "" };
  await change(() => patch(`/groups/${id}`, { name: answer.fields.name, consent }, etag), t("{name} is learnt.", { name: answer.fields.name }));
}

const ignore = ({ id, etag }) => change(() => patch(`/groups/${id}`, { ignored: true }, etag), t("These faces are ignored from now on."));

async function merge({ id }, all) {
  const answer = await ask({
    title: t("Which groups are the same person?"),
    content: html`<ul role="list" class="stack">
      ${all
        .filter((other) => other.id !== id)
        .slice(0, SHOWN)
        .map(
          ({ id: other, faces, photos }) => html`<li><label class="option">
            <input type="radio" name="other" value=${other} required>
            <img class="face" src=${thumbnail(faces[0])} alt=""><span>${nt("{count} photo", "{count} photos", photos)}</span>
          </label></li>`,
        )}
    </ul>`,
    actions: [{ label: t("Merge"), value: "merge" }],
  });
  if (answer) await change(() => post(`/groups/${id}/merge`, { groups: [answer.fields.other] }), t("The groups are one now."));
}

async function split({ id }) {
  await attempt(async () => {
    const { parts } = await get(`/groups/${id}/parts`);
    if (parts.length < 2) {
      toast(t("All these faces seem to be one person's: no way to split them was found."));
      return;
    }
    const answer = await ask({
      title: t("Split into these?"),
      content: html`<div class="stack">
        ${parts.map(
          ({ faces }) => html`<div class="group">
            <strong>${nt("{count} face", "{count} faces", faces.length)}</strong>
            <div class="strip">${faces.slice(0, SHOWN).map((face) => html`<img class="thumb" src=${thumbnail(face)} alt="">`)}</div>
          </div>`,
        )}
      </div>`,
      actions: [{ label: t("Split up"), value: "split" }],
      wide: true,
    });
    if (answer) await change(() => post(`/groups/${id}/split`, { parts: parts.map(({ faces }) => faces) }), t("The group is split."));
  });
}

async function change(action, said) {
  await attempt(async () => {
    const answer = await action();
    toast(said, undoable(answer));
    reload();
  });
}
