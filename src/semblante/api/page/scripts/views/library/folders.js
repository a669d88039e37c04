/** The folders whose photos are known, and scanning them: with rate, time left, each failed file, stop and go on. */

import { get, post, remove } from "../../api.js";
import { html, icon } from "../../html.js";
import { attempt, emptyState, notice, toast, whileOff } from "../../notices.js";
import { link } from "../../router.js";
import { moment, nt, t } from "../../texts.js";
import { reload } from "../../view.js";

export default async function folders({ signal }) {
  const [{ items }, jobs] = await Promise.all([get("/folders", {}, signal), get("/jobs", {}, signal)]);
  const work = html`<div class="stack" aria-live="polite"></div>`;
  const running = jobs.find(({ kind, state }) => kind === "scan" && ["queued", "running"].includes(state));
  if (running) watch(running, work);
  return html`<div class="stack loose">
    ${items.length === 0 && emptyState("folder", t("No folder yet"), t("Name a folder with photos. Semblante reads the photos where they are, and changes none of them."))}
    ${items.length > 0 && list(items, work)}
    ${work}
    <div class="card">${addForm(work)}</div>
  </div>`;
}

function list(items, work) {
  const all = html`<button class="primary">${t("Scan all folders")}</button>`;
  all.addEventListener("click", () => whileOff(all, () => scan(items.map(({ path }) => path), work)));
  return html`<section class="stack">
    <ul role="list" class="timeline">${items.map((folder) => row(folder))}</ul>
    <div class="row">${all}<a class="button" href=${link("library", "photos")}>${t("See the photos")}</a></div>
  </section>`;
}

function row({ id, path, photos, faces, scanned_at: scanned }) {
  const forget = () =>
    attempt(async () => {
      await remove(`/folders/${id}`);
      toast(t("This folder is not looked at any more."));
      reload();
    });
  return html`<li>
    <div class="stack tight">
      <strong>${path}</strong>
      <small class="quiet">
        ${nt("{count} photo", "{count} photos", photos)} · ${nt("{count} face", "{count} faces", faces)}
        ${scanned && ` · ${t("scanned {when}", { when: moment(scanned) })}`}
      </small>
    </div>
    <button class="plain" onclick=${forget}>${t("Leave out")}</button>
  </li>`;
}

function addForm(work) {
  const submit = html`<button class="primary">${icon("plus")}${t("Add and scan")}</button>`;
  const add = (event) => {
    event.preventDefault();
    const { path } = Object.fromEntries(new FormData(event.target));
    whileOff(submit, async () => {
      await post("/folders", { path });
      await scan([path], work);
    });
  };
  return html`<form class="stack" onsubmit=${add}>
    <div class="field">
      <label for="path">${t("Folder with photos")}</label>
      <input id="path" name="path" required autocomplete="off" spellcheck="false" dir="auto">
      <span class="hint">${t("Its place on this computer, as the file manager shows it in its address line.")}</span>
    </div>
    <div class="row">${submit}</div>
  </form>`;
}

async function scan(paths, work) {
  watch(await post("/scans", { folders: paths }), work);
}

async function watch(job, work) {
  const progress = html`<job-progress class="card stack"></job-progress>`;
  work.replaceChildren(progress);
  await attempt(async () => {
    const { state } = await progress.run(job);
    if (state === "cancelled") work.append(notice("", "info", t("What was read is kept. A new scan goes on from there.")));
    if (state === "done") toast(t("The photos are known now."));
  });
}
