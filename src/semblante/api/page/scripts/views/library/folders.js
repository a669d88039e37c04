/** The folders whose photos are known, and scanning them: with rate, time left, each failed file, stop and go on. */

import { get, patch, post, remove } from "../../api.js";
import { html, icon } from "../../html.js";
import { attempt, emptyState, notice, toast, whileOff } from "../../notices.js";
import { link } from "../../router.js";
import { date, nt, t } from "../../texts.js";
import { reload, undoable } from "../../view.js";
import { chooseFolder } from "./folder_chooser.js";

export default async function folders({ signal }) {
  const [known, jobs] = await Promise.all([get("/folders", {}, signal), get("/scans", {}, signal)]);
  const work = html`<div class="stack" aria-live="polite"></div>`;
  const running = jobs.find(({ state }) => ["queued", "running"].includes(state));
  if (running) watch(running, work);
  return html`<div class="stack loose">
    ${known.length === 0 && emptyState("folder", t("No folder yet"), t("Choose a folder with photos. Semblante reads the photos where they are, and changes none of them."))}
    ${known.length > 0 && list(known, work)}
    ${work}
    ${addForm(work)}
  </div>`;
}

function list(known, work) {
  const all = html`<button class="primary">${t("Scan all folders")}</button>`;
  all.addEventListener("click", () => whileOff(all, () => scan([], work)));
  return html`<section class="stack">
    <ul role="list" class="timeline">${known.map(row)}</ul>
    <div class="row">${all}<a class="button" href=${link("library", "photos")}>${t("See the photos")}</a></div>
  </section>`;
}

function row({ id, path, photos, added, ignored }) {
  const ignore = () =>
    attempt(async () => {
      const answer = await patch(`/folders/${id}`, { ignored: !ignored });
      toast(ignored ? t("Strangers in this folder are asked about again.") : t("Strangers in this folder are ignored for good."), undoable(answer));
      reload();
    });
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
        ${nt("{count} photo", "{count} photos", photos)} · ${t("added on {date}", { date: date(added) })}
        ${ignored && ` · ${t("strangers are ignored")}`}
      </small>
    </div>
    <div class="row">
      <button class="plain" onclick=${ignore}>${ignored ? t("Ask about strangers again") : t("Ignore strangers here")}</button>
      <button class="plain" onclick=${forget}>${t("Leave out")}</button>
    </div>
  </li>`;
}

function addForm(work) {
  const choose = html`<button class="primary">${icon("plus")}${t("Choose a folder")}</button>`;
  choose.addEventListener("click", async () => {
    const path = await chooseFolder();
    if (!path) return;
    await whileOff(choose, async () => {
      const { id } = await post("/folders", { path });
      await scan([id], work);
    });
  });
  return html`<div class="row">${choose}</div>`;
}

/** Scans folders by number; all where none is named. */
async function scan(folders, work) {
  watch(await post("/scans", { folders }), work);
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
