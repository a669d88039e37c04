/** Stop and erase everything: one button, asked once more. */

import { remove } from "../../api.js";
import { html, icon } from "../../html.js";
import { ask, attempt, notice } from "../../notices.js";
import { bytes, nt, t } from "../../texts.js";

export function eraseEverything(total) {
  const section = html`<section class="card stack">
    <div class="row">${icon("bin")}<h2>${t("Stop and erase everything")}</h2></div>
    <p>${t("Everything of everybody goes, at once: people, faces, history, keys. Your own photos stay.")}</p>
  </section>`;
  const button = html`<button class="danger">${t("Stop and erase everything")}</button>`;
  button.addEventListener("click", async () => {
    const sure = await ask({
      title: t("Erase everything?"),
      content: html`<p>${t("{size} are erased and cannot be brought back.", { size: bytes(total) })}</p>`,
      actions: [{ label: t("Erase everything"), value: "erase", kind: "danger" }],
    });
    if (!sure) return;
    await attempt(async () => {
      const { erased } = await remove("/holdings");
      const said = nt("{count} file is erased; nothing else was kept.", "{count} files are erased; nothing else was kept.", erased.length);
      section.replaceChildren(notice("good", "check", html`<strong>${said}</strong>`));
    });
  });
  section.append(html`<div class="row">${button}</div>`);
  return section;
}
