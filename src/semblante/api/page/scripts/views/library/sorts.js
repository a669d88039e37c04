/** Sorting: a person's photos into a folder or as tags beside them, shown before it is done, and undone as a whole. */

import { get, post } from "../../api.js";
import { html, render } from "../../html.js";
import { attempt, emptyState, notice, toast, whileOff } from "../../notices.js";
import { link } from "../../router.js";
import { moment, nt, number, t } from "../../texts.js";
import { reload } from "../../view.js";

const SHOWN = 20;
const WAYS = () => [
  { how: "copy", label: t("Copy"), hint: t("The photos stay where they are; copies go to the folder.") },
  { how: "link", label: t("Link"), hint: t("As copies, without needing room on the disk.") },
  { how: "xmp", label: t("Describe"), hint: t("Tags in a small file beside each photo, for digiKam, Lightroom and Immich.") },
];

export default async function sorts({ signal }) {
  const [people, { items: done }] = await Promise.all([get("/people", {}, signal), get("/sorts", {}, signal)]);
  const learnt = people.filter((person) => person.is_learnt);
  if (!learnt.length) return emptyState("folder", t("Nobody to sort by yet"), t("Teach a face first; then its photos can be put into a folder of their own."), html`<a class="button primary" href=${link("teach")}>${t("Teach a face")}</a>`);
  const plan = html`<div class="stack" aria-live="polite"></div>`;
  return html`<div class="stack loose">
    <div class="card">${sortForm(learnt, plan)}</div>
    ${plan}
    ${done.length > 0 && html`<section class="stack"><h2>${t("Done before")}</h2><ul role="list" class="timeline">${done.map(row)}</ul></section>`}
  </div>`;
}

function sortForm(people, plan) {
  const submit = html`<button class="primary">${t("Show what would happen")}</button>`;
  const preview = (event) => {
    event.preventDefault();
    const wanted = Object.fromEntries(new FormData(event.target));
    whileOff(submit, async () => render(plan, planView(await post("/sorts", { ...wanted, dry_run: true }), wanted, plan)));
  };
  return html`<form class="stack loose" onsubmit=${preview}>
    <div class="field">
      <label for="sort-person">${t("Whose photos")}</label>
      <select id="sort-person" name="person">${people.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}</select>
    </div>
    <fieldset>
      <legend>${t("How")}</legend>
      <div class="options">
        ${WAYS().map(({ how, label, hint }, place) => html`<label class="option"><input type="radio" name="how" value=${how} checked=${place === 0}><span>${label}<small>${hint}</small></span></label>`)}
      </div>
    </fieldset>
    <div class="field">
      <label for="sort-target">${t("Folder to put them in")}</label>
      <input id="sort-target" name="target" autocomplete="off" spellcheck="false" dir="auto">
    </div>
    <div class="row">${submit}</div>
  </form>`;
}

function planView({ actions, total }, wanted, plan) {
  const start = html`<button class="primary">${t("Do it")}</button>`;
  start.addEventListener("click", () => whileOff(start, () => carryOut(wanted, plan)));
  return html`<section class="card stack">
    <h2>${nt("{count} photo would be sorted", "{count} photos would be sorted", total)}</h2>
    <ul class="small">${actions.slice(0, SHOWN).map(({ source, target }) => html`<li>${source} → ${target}</li>`)}</ul>
    ${total > SHOWN && html`<p class="small quiet">${t("and {count} more", { count: number(total - SHOWN) })}</p>`}
    <div class="row">${total > 0 && start}</div>
  </section>`;
}

async function carryOut(wanted, plan) {
  const progress = html`<job-progress class="card stack"></job-progress>`;
  render(plan, progress);
  const { state } = await progress.run(await post("/sorts", wanted));
  if (state === "done") render(plan, notice("good", "check", t("Sorted. It can be undone below.")));
  reload();
}

function row({ id, name, at, count, undone }) {
  const undo = html`<button>${t("Undo")}</button>`;
  undo.addEventListener("click", () =>
    whileOff(undo, () =>
      attempt(async () => {
        await post(`/sorts/${id}/undo`);
        toast(t("The sorting is being undone."));
        reload();
      }),
    ),
  );
  return html`<li>
    <div><strong>${name}</strong> <small class="quiet">${nt("{count} photo", "{count} photos", count)} · ${moment(at)}</small></div>
    ${undone ? html`<span class="chip">${t("undone")}</span>` : undo}
  </li>`;
}
