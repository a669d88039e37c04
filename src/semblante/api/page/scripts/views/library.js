/** Library: folders, photos, people and groups, questions, sorting, and the history of all changes. */

import { html } from "../html.js";
import { link } from "../router.js";
import { t } from "../texts.js";
import folders from "./library/folders.js";
import groups from "./library/groups.js";
import history from "./library/history.js";
import photos from "./library/photos.js";
import questions from "./library/questions.js";
import sorts from "./library/sorts.js";

const TABS = () => [
  { name: "photos", label: t("Photos"), view: photos },
  { name: "groups", label: t("People"), view: groups },
  { name: "questions", label: t("Questions"), view: questions },
  { name: "folders", label: t("Folders"), view: folders },
  { name: "sorts", label: t("Sort and export"), view: sorts },
  { name: "history", label: t("History"), view: history },
];

export default async function library({ path, query, signal }) {
  const [chosen = "photos", ...rest] = path;
  const tabs = TABS();
  const current = tabs.find(({ name }) => name === chosen) ?? tabs[0];
  const content = await current.view({ path: rest, query, signal });
  const links = tabs.map(
    ({ name, label }) => html`<a href=${link("library", name)} aria-current=${name === current.name ? "page" : null}>${label}</a>`,
  );
  // On a narrow screen the tabs scroll: the current one is to be seen.
  requestAnimationFrame(() => links[tabs.indexOf(current)].scrollIntoView({ block: "nearest", inline: "center" }));
  return html`<div class="view">
    <header><h1>${t("Library")}</h1></header>
    <nav class="tabs" aria-label=${t("Parts of the library")}>
      ${links}
    </nav>
    <div class=${current.view === photos ? null : "middling"}>${content}</div>
  </div>`;
}
