/** Sorting: a person's photos into a folder or as tags beside them, shown before it is done, and undone as a whole. */

import { get, post } from "../../api.js";
import { html, icon, render } from "../../html.js";
import { emptyState, notice, toast, whileOff } from "../../notices.js";
import { all } from "../../paging.js";
import { link } from "../../router.js";
import { language, moment, nt, number, t } from "../../texts.js";
import { chooseFolder } from "./folder_chooser.js";

const SHOWN = 20;
const BY_NAME = new Intl.Collator(language, { numeric: true });

const WAYS = () => [
  { how: "copy", label: t("Copy"), hint: t("The photos stay where they are; copies go to the folder.") },
  { how: "hardlink", label: t("Link"), hint: t("As copies, without needing room on the disk.") },
  { how: "xmp", label: t("Describe"), hint: t("Tags in a small file beside each photo, for digiKam, Lightroom and Immich.") },
];

export default async function sorts({ signal }) {
  const people = await all("/people", "people", signal);
  const learnt = people.filter((person) => person.is_learnt);
  const plan = html`<div class="stack"></div>`;
  const past = html`<section class="stack"></section>`;
  const refresh = async () => render(past, ...pastSorts(await get("/sorts", {}, signal), { plan, refresh }));
  await refresh();
  return html`<div class="stack loose">
    ${learnt.length > 0 ? html`<div class="card">${sortForm(learnt, { plan, refresh })}</div>` : nobody()} ${plan}${past}
  </div>`;
}

function pastSorts(done, places) {
  if (!done.length) return [];
  return [html`<h2>${t("Done before")}</h2>`, html`<ul role="list" class="timeline">${done.map((sort) => row(sort, places))}</ul>`];
}

function nobody() {
  return emptyState(
    "folder",
    t("Nobody to sort by yet"),
    t("Teach a face first; then its photos can be put into a folder of their own."),
    html`<a class="button primary" href=${link("teach")}>${t("Teach a face")}</a>`,
  );
}

function sortForm(people, places) {
  const submit = html`<button class="primary">${t("Show what would happen")}</button>`;
  const preview = async (event) => {
    event.preventDefault();
    const { person, how } = Object.fromEntries(new FormData(event.target));
    const folder = how === "xmp" ? null : await chooseFolder("target");
    if (how !== "xmp" && !folder) return;
    await whileOff(submit, () => run({ person: Number(person), how, folder, dry_run: true }, places));
  };
  return html`<form class="stack loose" onsubmit=${preview}>
    <div class="field">
      <label for="sort-person">${t("Whose photos")}</label>
      <select id="sort-person" name="person">${people.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}</select>
    </div>
    <fieldset>
      <legend>${t("How")}</legend>
      <div class="options">
        ${WAYS().map(
          ({ how, label, hint }) => html`<label class="option">
            <input type="radio" name="how" value=${how} checked=${how === "copy"}>
            <span>${label}<small>${hint}</small></span>
          </label>`,
        )}
      </div>
    </fieldset>
    <div class="row">${submit}</div>
  </form>`;
}

/** Plans or carries out a sort, and shows what came of it. */
async function run(wanted, places) {
  const { plan, refresh } = places;
  const { state, result } = await followed(plan, await post("/sorts", wanted));
  if (state !== "done") return;
  if (wanted.dry_run) {
    const start = html`<button class="primary">${t("Do it")}</button>`;
    start.addEventListener("click", () => whileOff(start, () => run({ ...wanted, dry_run: false }, places)));
    render(plan, resultView(result, nt("{count} photo would be sorted", "{count} photos would be sorted", result.made), start));
  } else {
    render(plan, resultView(result, nt("{count} photo is sorted", "{count} photos are sorted", result.made)));
    toast(t("Sorted. It can be undone below."));
    await refresh();
  }
}

async function followed(plan, job) {
  const progress = html`<job-progress class="card stack"></job-progress>`;
  render(plan, progress);
  return progress.run(job);
}

/** Which photos go where, which are there already, and which cannot be sorted, each with its reason. */
function resultView({ made, already, skipped, photos }, title, start) {
  const coming = photos.filter(({ outcome }) => outcome === "made").toSorted((a, b) => BY_NAME.compare(a.photo, b.photo));
  const left = photos.filter(({ outcome }) => outcome === "skipped");
  return html`<section class="card stack" aria-label=${t("What comes of it")}>
    <h2>${title}</h2>
    ${coming.length > 0 &&
    html`<ul role="list" class="moves small" tabindex="0" aria-label=${t("Photos and where they go")}>
      ${coming.map(({ photo, target }) => html`<li><span>${photo}</span><span><span class="quiet" aria-label=${t("goes to")}>→</span> ${target}</span></li>`)}
    </ul>`}
    ${made > coming.length && html`<p class="small quiet">${t("and {count} more", { count: number(made - coming.length) })}</p>`}
    ${already > 0 && html`<p class="small quiet">${nt("{count} is there already", "{count} are there already", already)}</p>`}
    ${skipped > 0 &&
    notice(
      "warn",
      "warn",
      html`<strong>${nt("{count} photo cannot be sorted", "{count} photos cannot be sorted", skipped)}</strong>`,
      html`<ul class="small">${left.slice(0, SHOWN).map(({ photo, reason }) => html`<li>${photo}: ${reason?.detail}</li>`)}</ul>`,
    )}
    ${start && made > 0 && html`<div class="row">${start}</div>`}
  </section>`;
}

/** So many files as a sort of this kind makes. */
function filesOf(how, count) {
  if (how === "copy") return nt("{count} copy", "{count} copies", count);
  if (how === "xmp") return nt("{count} sidecar", "{count} sidecars", count);
  if (how === "hardlink") return nt("{count} hard link", "{count} hard links", count);
  return nt("{count} symbolic link", "{count} symbolic links", count);
}

function row({ id, name, how, began, files, undone }, places) {
  const undo = html`<button>${icon("undo")}${t("Undo")}</button>`;
  undo.addEventListener("click", () => whileOff(undo, () => takeBack(id, places)));
  return html`<li>
    <div class="stack tight">
      <strong>${name}</strong>
      <small class="quiet">${filesOf(how, files)} · ${moment(began)}</small>
    </div>
    ${undone ? html`<span class="chip">${t("undone")}</span>` : undo}
  </li>`;
}

async function takeBack(id, { plan, refresh }) {
  const { state, result } = await followed(plan, await post(`/sorts/${id}/undo`));
  if (state !== "done") return;
  const left = result.things.filter(({ outcome }) => outcome === "left");
  render(
    plan,
    result.left > 0 &&
      notice(
        "warn",
        "warn",
        html`<strong>${nt("{count} thing was changed since and stays", "{count} things were changed since and stay", result.left)}</strong>`,
        html`<ul class="small">${left.slice(0, SHOWN).map(({ path, reason }) => html`<li>${path}: ${reason?.detail}</li>`)}</ul>`,
      ),
  );
  toast(t("The sort is undone."));
  await refresh();
}
