/** Sorting: a person's photos into a folder or as tags beside them, shown before it is done, and undone as a whole. */

import { get, post } from "../../api.js";
import { html, icon, render } from "../../html.js";
import { attempt, emptyState, notice, toast, whileOff } from "../../notices.js";
import { all } from "../../paging.js";
import { link } from "../../router.js";
import { moment, nt, number, t } from "../../texts.js";
import { reload } from "../../view.js";
import { chooseFolder } from "./folder_chooser.js";

const SHOWN = 20;

const WAYS = () => [
  { how: "copy", label: t("Copy"), hint: t("The photos stay where they are; copies go to the folder.") },
  { how: "hardlink", label: t("Link"), hint: t("As copies, without needing room on the disk.") },
  { how: "xmp", label: t("Describe"), hint: t("Tags in a small file beside each photo, for digiKam, Lightroom and Immich.") },
];

export default async function sorts({ signal }) {
  const [people, done] = await Promise.all([all("/people", "people", signal), get("/sorts", {}, signal)]);
  const learnt = people.filter((person) => person.is_learnt);
  const plan = html`<div class="stack" aria-live="polite"></div>`;
  return html`<div class="stack loose">
    ${learnt.length > 0 ? html`<div class="card">${sortForm(learnt, plan)}</div>` : nobody()} ${plan}
    ${done.length > 0 &&
    html`<section class="stack">
      <h2>${t("Done before")}</h2>
      <ul role="list" class="timeline">${done.map((sort) => row(sort, plan))}</ul>
    </section>`}
  </div>`;
}

function nobody() {
  return emptyState(
    "folder",
    t("Nobody to sort by yet"),
    t("Teach a face first; then its photos can be put into a folder of their own."),
    html`<a class="button primary" href=${link("teach")}>${t("Teach a face")}</a>`,
  );
}

function sortForm(people, plan) {
  const submit = html`<button class="primary">${t("Show what would happen")}</button>`;
  const preview = async (event) => {
    event.preventDefault();
    const { person, how } = Object.fromEntries(new FormData(event.target));
    const folder = how === "xmp" ? null : await chooseFolder();
    if (how !== "xmp" && !folder) return;
    await whileOff(submit, () => run({ person: Number(person), how, folder, dry_run: true }, plan));
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
async function run(wanted, plan) {
  const progress = html`<job-progress class="card stack"></job-progress>`;
  render(plan, progress);
  const { state, result } = await progress.run(await post("/sorts", wanted));
  if (state !== "done") return;
  if (wanted.dry_run) {
    render(plan, planView(result, wanted, plan));
  } else {
    toast(t("Sorted. It can be undone below."));
    reload();
  }
}

function planView({ made, already, skipped, photos }, wanted, plan) {
  const start = html`<button class="primary">${t("Do it")}</button>`;
  start.addEventListener("click", () => whileOff(start, () => run({ ...wanted, dry_run: false }, plan)));
  const coming = photos.filter(({ outcome }) => outcome === "made");
  const left = photos.filter(({ outcome }) => outcome === "skipped");
  return html`<section class="card stack">
    <h2>${nt("{count} photo would be sorted", "{count} photos would be sorted", made)}</h2>
    <ul class="small">${coming.slice(0, SHOWN).map(({ photo, target }) => html`<li>${photo} → ${target}</li>`)}</ul>
    ${made > SHOWN && html`<p class="small quiet">${t("and {count} more", { count: number(made - SHOWN) })}</p>`}
    ${already > 0 && html`<p class="small quiet">${nt("{count} is there already", "{count} are there already", already)}</p>`}
    ${skipped > 0 &&
    notice(
      "warn",
      "warn",
      html`<ul class="small">${left.slice(0, SHOWN).map(({ photo, reason }) => html`<li>${photo}: ${reason?.detail}</li>`)}</ul>`,
    )}
    <div class="row">${made > 0 && start}</div>
  </section>`;
}

function row({ id, name, began, steps, undone }, plan) {
  const undo = html`<button>${icon("undo")}${t("Undo")}</button>`;
  undo.addEventListener("click", () => whileOff(undo, () => takeBack(id, plan)));
  return html`<li>
    <div><strong>${name}</strong> <small class="quiet">${nt("{count} step", "{count} steps", steps)} · ${moment(began)}</small></div>
    ${undone ? html`<span class="chip">${t("undone")}</span>` : undo}
  </li>`;
}

async function takeBack(id, plan) {
  const progress = html`<job-progress class="card stack"></job-progress>`;
  render(plan, progress);
  await attempt(async () => {
    const { state, result } = await progress.run(await post(`/sorts/${id}/undo`));
    if (state !== "done") return;
    toast(nt("Undone; {count} thing was changed since and stays.", "Undone; {count} things were changed since and stay.", result.left));
    reload();
  });
}
