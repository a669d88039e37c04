/** Stop and erase everything: one button, asked once more, and a list of what went. */

import { remove } from "../../api.js";
import { html, icon } from "../../html.js";
import { ask, notice } from "../../notices.js";
import { link } from "../../router.js";
import { bytes, nt, t } from "../../texts.js";

export function eraseEverything(total, isEncrypted) {
  const section = html`<section class="card stack">
    <div class="row">${icon("bin")}<h2>${t("Stop and erase everything")}</h2></div>
    <p>${t("What is at work stops. Everything of everybody goes, at once: people, faces, history, keys. Your own photos stay.")}</p>
    <div class="row"><button class="danger" onclick=${() => erase(section, total, isEncrypted)}>${t("Stop and erase everything")}</button></div>
  </section>`;
  return section;
}

async function erase(section, total, isEncrypted) {
  let erased = [];
  const sure = await ask({
    title: t("Erase everything?"),
    content: html`<p>${t("{size} are erased and cannot be brought back.", { size: bytes(total) })}</p>
      ${isEncrypted && html`<p>${t("The passphrase goes too: the new, empty library is not encrypted.")}</p>`}`,
    actions: [{ label: t("Erase everything"), value: "erase", kind: "danger" }],
    act: async () => ({ erased } = await remove("/holdings")),
  });
  if (!sure) return;
  const view = section.closest(".view");
  view.replaceWith(erasedView(erased, isEncrypted));
  window.scrollTo(0, 0);
  document.querySelector("main h1").focus();
}

function erasedView(erased, wasEncrypted) {
  const said = nt("{count} file is erased; nothing else was kept.", "{count} files are erased; nothing else was kept.", erased.length);
  return html`<div class="view">
    <h1 tabindex="-1">${t("Everything is erased")}</h1>
    ${notice("good", "check", html`<strong>${said}</strong>`)}
    <div class="receipt">
      <dl>${erased.map(({ name, bytes: size }) => html`<div><dt>${name}</dt><dd>${bytes(size)}</dd></div>`)}</dl>
    </div>
    ${wasEncrypted && html`<p>${t("The new, empty library is not encrypted. A passphrase is set in “What is held”.")}</p>`}
    <div class="row"><a class="button" href=${link("teach")}>${t("Begin anew")}</a></div>
  </div>`;
}
