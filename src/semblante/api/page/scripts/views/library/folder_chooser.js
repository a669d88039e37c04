/** A dialog to find a folder on this computer, one step at a time. */

import { get } from "../../api.js";
import { html, icon, render } from "../../html.js";
import { problemNotice, showDialog } from "../../notices.js";
import { nt, t } from "../../texts.js";

/** Where the folder chosen last was, for photos to read and for what sorting makes. */
const last = { photos: undefined, target: undefined };

/** The path of the folder of `photos` to read, or of the `target` of a sort; null where the dialog was closed. */
export function chooseFolder(kind = "photos") {
  return new Promise((resolve) => {
    const content = html`<div class="stack"></div>`;
    const title = kind === "photos" ? t("Which folder has the photos?") : t("Where should the sorted photos go?");
    const dialog = showDialog(title, content);
    let chosen = null;
    dialog.addEventListener("close", () => resolve(chosen));
    const open = async (path) => {
      try {
        render(content, view(await get("/places", { path }), kind, open, use));
        content.querySelector("button")?.focus();
      } catch (error) {
        render(content, problemNotice(error), html`<button onclick=${() => open()}>${t("Back to the beginning")}</button>`);
      }
    };
    const use = (path) => {
      chosen = last[kind] = path;
      dialog.close();
    };
    open(last[kind]);
  });
}

function view({ here, above, folders, photos }, kind, open, use) {
  return html`<div class="stack">
    <p class="row">
      ${above && html`<button class="round" aria-label=${t("One folder up")} onclick=${() => open(above.path)}>${icon("up")}</button>`}
      <strong>${here.path}</strong>
    </p>
    ${folders.length > 0 && html`<ul role="list" class="places">
      ${folders.map(({ path, name }) => html`<li><button class="plain" onclick=${() => open(path)}>${icon("folder")}${name}</button></li>`)}
    </ul>`}
    ${kind === "photos" &&
    html`<p class="small quiet">
      ${photos ? nt("{count} photo lies right here", "{count} photos lie right here", photos) : t("No photos lie right here; those in the folders inside are read too.")}
    </p>`}
    <div class="actions"><button class="primary" onclick=${() => use(here.path)}>${t("Use this folder")}</button></div>
  </div>`;
}
