/** Groups of unknown faces: name, merge, split, or ignore them. */

import { get, patch, post, thumbnail } from "../../api.js";
import { html, icon } from "../../html.js";
import { ask, attempt, emptyState, toast } from "../../notices.js";
import { all } from "../../paging.js";
import { CONSENTS } from "../../people.js";
import { link } from "../../router.js";
import { nt, t, today } from "../../texts.js";
import { reload, undoable, undoNewest } from "../../view.js";

const SHOWN = 14;

export default async function groups({ query, signal }) {
  const ignored = query.has("ignored");
  const [listed, people] = await Promise.all([
    get("/groups", { limit: 200, ignored }, signal),
    all("/people", "people", signal),
  ]);
  return html`<div class="stack loose">
    ${ignored
      ? html`<p><a href=${link("library", "groups")}>${t("Back to the groups")}</a></p>`
      : html`<p>${t("Faces that seem to be one person's. Give a group a name and it is learnt at once; ignore strangers for good.")}</p>`}
    ${listed.groups.length > 0
      ? html`<ul role="list" class="stack loose">${listed.groups.map((group) => groupCard(group, { all: listed.groups, people, ignored }))}</ul>`
      : nothing(ignored)}
    ${!ignored && listed.ignored > 0 &&
    html`<p><a href=${`${link("library", "groups")}?ignored=1`}>${nt("{count} face is ignored", "{count} faces are ignored", listed.ignored)}</a></p>`}
  </div>`;
}

function nothing(ignored) {
  if (ignored) return emptyState("hide", t("No ignored groups"), t("Single faces that are ignored are in their photos."));
  return emptyState(
    "people",
    t("No unknown groups"),
    t("After a scan, faces that seem to be one person's come together here, so that you can name them."),
    html`<a class="button primary" href=${link("library", "folders")}>${t("To the folders")}</a>`,
  );
}

function groupCard(group, { all, people, ignored }) {
  const { examples, doubtful, photos, certain } = group;
  return html`<li class="card group">
    <div class="row spread">
      <h2>${nt("{count} photo", "{count} photos", photos)}</h2>
      ${!certain && html`<span class="chip unsure">${icon("question")}${t("May be several people")}</span>`}
    </div>
    ${strip(examples)}
    ${doubtful > 0 &&
    html`<p class="small quiet">${nt("{count} further face is doubtful", "{count} further faces are doubtful", doubtful)}</p>`}
    <div class="row">
      ${ignored
        ? html`<button onclick=${() => ignore(group, false)}>${t("Ask about these again")}</button>`
        : [
            html`<button class="primary" onclick=${() => name(group, people)}>${t("Name")}</button>`,
            all.length > 1 && html`<button onclick=${() => merge(group, all)}>${t("Merge")}</button>`,
            html`<button onclick=${() => split(group)}>${t("Split up")}</button>`,
            html`<button onclick=${() => ignore(group, true)}>${icon("hide")}${t("Ignore")}</button>`,
          ]}
    </div>
  </li>`;
}

const strip = (faces) =>
  html`<div class="strip">${faces.slice(0, SHOWN).map((face) => html`<img class="thumb" src=${thumbnail(face)} alt="" loading="lazy">`)}</div>`;

/** Somebody known, or somebody new who agreed. */
async function name({ id }, people) {
  const answer = await ask({
    title: t("Who is this?"),
    content: html`<div class="stack">
      <div class="field">
        <label for="group-name">${t("Name")}</label>
        <input id="group-name" name="name" list="known-names" required maxlength="200" dir="auto" autocomplete="off">
        <datalist id="known-names">${people.map((person) => html`<option value=${person.name}></option>`)}</datalist>
      </div>
      <div class="field">
        <label for="group-who">${t("Who agreed to this?")}</label>
        <select id="group-who" name="who">
          <option value="">${t("Already noted")}</option>
          ${CONSENTS().map(({ who, label }) => html`<option value=${who}>${label}</option>`)}
        </select>
        <span class="hint">${t("For somebody new, this is needed.")}</span>
      </div>
    </div>`,
    actions: [{ label: t("Learn this face"), value: "name" }],
  });
  if (!answer) return;
  const { name: given, who } = answer.fields;
  await change(async () => {
    const known = people.find((person) => person.name === given);
    const consent = who ? { who, on: today(), note: "" } : null;
    const person = known ?? (await post("/people", { name: given, consent }));
    try {
      return await patch(`/groups/${id}`, { person: Number(person.id) });
    } catch (error) {
      // Who was added for this alone does not stay.
      if (!known) await undoNewest();
      throw error;
    }
  }, t("{name} is learnt.", { name: given }));
}

const ignore = ({ id }, ignored) =>
  change(
    () => patch(`/groups/${id}`, { ignored }),
    ignored ? t("These faces are ignored from now on.") : t("These faces are asked about again."),
  );

async function merge({ id }, all) {
  const answer = await ask({
    title: t("Which groups are the same person?"),
    content: html`<ul role="list" class="stack">
      ${all
        .filter((other) => other.id !== id)
        .slice(0, SHOWN)
        .map(
          ({ id: other, examples, photos }) => html`<li><label class="option">
            <input type="radio" name="other" value=${other} required>
            <img class="face" src=${thumbnail(examples[0])} alt=""><span>${nt("{count} photo", "{count} photos", photos)}</span>
          </label></li>`,
        )}
    </ul>`,
    actions: [{ label: t("Merge"), value: "merge" }],
  });
  if (answer) await change(() => post(`/groups/${id}/merge`, { groups: [answer.fields.other] }), t("The groups are one now."));
}

/** Proposes parts that may be different people, and faces like none of them. */
async function split({ id }) {
  await attempt(async () => {
    const { parts, outliers } = await get(`/groups/${id}/split-proposal`);
    const others = [...parts.slice(1), ...(outliers.length ? [outliers] : [])];
    if (!others.length) {
      toast(t("All these faces seem to be one person's: no way to split them was found."));
      return;
    }
    const answer = await ask({
      title: t("Split into these?"),
      content: html`<div class="stack">
        ${[...parts.slice(0, 1), ...others].map(
          (faces) => html`<div class="group"><strong>${nt("{count} face", "{count} faces", faces.length)}</strong>${strip(faces)}</div>`,
        )}
      </div>`,
      actions: [{ label: t("Split up"), value: "split" }],
      wide: true,
    });
    if (answer) await change(() => post(`/groups/${id}/split`, { parts: others }), t("The group is split."));
  });
}

async function change(action, said) {
  await attempt(async () => {
    const answer = await action();
    toast(said, undoable(answer));
    reload();
  });
}
