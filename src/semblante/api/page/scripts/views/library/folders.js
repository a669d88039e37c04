/** The folders whose photos are known, and scanning them: with rate, time left, each failed file, stop and go on. */

import { get, patch, post, remove } from "../../api.js";
import { html, icon, render } from "../../html.js";
import { ask, attempt, emptyState, toast, whileOff } from "../../notices.js";
import { go, link } from "../../router.js";
import { date, nt, t } from "../../texts.js";
import { reload, undoable } from "../../view.js";
import { chooseFolder } from "./folder_chooser.js";

export default async function folders({ signal }) {
  const [known, jobs] = await Promise.all([get("/folders", {}, signal), get("/scans", {}, signal)]);
  const work = html`<div class="stack"></div>`;
  const [last] = jobs;
  if (last && isAtWork(last)) watch(last, work, signal);
  else if (last) render(work, html`<h2>${t("The last scan")}</h2>`, ...ended(last));
  return html`<div class="stack loose">
    ${known.length > 0
      ? [html`<ul role="list" class="timeline">${known.map(row)}</ul>`, html`<div class="row">${scanButton(t("Scan all folders"))}${addButton()}</div>`]
      : nothing()}
    ${work}
  </div>`;
}

function nothing() {
  const words = t("Choose a folder with photos. Semblante reads the photos where they are, and changes none of them.");
  return emptyState("folder", t("No folder yet"), words, addButton("primary"));
}

const isAtWork = ({ state }) => ["queued", "running"].includes(state);

/** Scans all folders; the view then follows the scan. */
function scanButton(...label) {
  const button = html`<button class="primary">${label}</button>`;
  button.addEventListener("click", () =>
    whileOff(button, async () => {
      await post("/scans");
      reload();
    }),
  );
  return button;
}

function row({ id, path, photos, added, ignored }) {
  const ignore = () =>
    attempt(async () => {
      const answer = await patch(`/folders/${id}`, { ignored: !ignored });
      toast(ignored ? t("Strangers in this folder are asked about again.") : t("Strangers in this folder are ignored for good."), undoable(answer));
      reload();
    });
  const leaveOut = async () => {
    const sure = await ask({
      title: t("Leave this folder out?"),
      content: html`<div class="stack"><p><strong>${path}</strong></p><p>${t("Its photos and their faces leave the library. No file is deleted, and people stay known.")}</p></div>`,
      actions: [{ label: t("Leave out"), value: "leave", kind: "danger" }],
      act: () => remove(`/folders/${id}`),
    });
    if (!sure) return;
    toast(t("This folder is not looked at any more."));
    reload();
  };
  return html`<li>
    <div class="stack tight">
      <strong>${path}</strong>
      <small class="quiet">
        ${nt("{count} photo", "{count} photos", photos)} · ${t("added on {date}", { date: date(added) })}
        ${ignored && ` · ${t("strangers are ignored")}`}
      </small>
    </div>
    <div class="row">
      <a class="button plain" href=${`${link("library", "photos")}?folder=${id}`}>${t("See the photos")}</a>
      <button class="plain" onclick=${ignore}>${ignored ? t("Ask about strangers again") : t("Ignore strangers here")}</button>
      <button class="plain" onclick=${leaveOut}>${t("Leave out")}</button>
    </div>
  </li>`;
}

/** The way to add a folder: it is chosen in a dialog and scanned at once, which the view of the folders shows. */
export function addButton(kind) {
  const choose = html`<button class=${kind}>${icon("plus")}${t("Add a folder")}</button>`;
  choose.addEventListener("click", async () => {
    const path = await chooseFolder();
    if (!path) return;
    await whileOff(choose, async () => {
      const { id } = await post("/folders", { path });
      try {
        await post("/scans", { folders: [id] });
      } finally {
        showFolders();
      }
    });
  });
  return choose;
}

function showFolders() {
  const here = link("library", "folders");
  if (location.hash === here) reload();
  else go(here);
}

/** Follows a scan to its end; then the folders are shown anew, with what came of it. */
async function watch(job, work, signal) {
  const progress = html`<job-progress class="card stack"></job-progress>`;
  render(work, progress);
  await attempt(async () => {
    const { state } = await progress.run(job);
    if (state === "done") toast(t("The photos are known now."));
    if (!signal.aborted) reload();
  });
}

/** What came of a scan, each failed file with its reason, and how to go on with one that was stopped. */
function ended(job) {
  const progress = html`<job-progress class="card stack"></job-progress>`;
  progress.show(job);
  if (job.state !== "cancelled") return [progress, counts(job.result)];
  const more = scanButton(icon("play"), t("Go on with the scan"));
  return [progress, html`<p>${t("What was read is kept. A new scan goes on from there.")}</p>`, html`<div class="row">${more}</div>`];
}

function counts(result) {
  if (!result) return null;
  const { read, unchanged, recognised, faces, dropped } = result;
  const parts = [
    nt("{count} photo read", "{count} photos read", read),
    nt("{count} known already", "{count} known already", unchanged + recognised),
    nt("{count} face found", "{count} faces found", faces),
    dropped > 0 && nt("{count} photo gone", "{count} photos gone", dropped),
  ];
  return html`<p class="quiet small">${parts.filter(Boolean).join(" · ")}</p>`;
}
