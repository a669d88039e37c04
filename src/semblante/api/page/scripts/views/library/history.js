/** Every change, the newest first, each with a way to take it back. */

import { get, post } from "../../api.js";
import { html, icon } from "../../html.js";
import { emptyState, toast, whileOff } from "../../notices.js";
import { moment, t } from "../../texts.js";
import { reload } from "../../view.js";

export default async function history({ signal }) {
  const { changes } = await get("/changes", { limit: 200 }, signal);
  if (!changes.length) {
    return emptyState(
      "history",
      t("Nothing has changed yet"),
      t("Whatever you teach, name, merge or ignore is listed here, and can be undone."),
    );
  }
  return html`<ol role="list" class="timeline">${changes.map(row)}</ol>`;
}

function row({ id, text, at }) {
  const undo = html`<button>${icon("undo")}${t("Undo")}</button>`;
  undo.addEventListener("click", () =>
    whileOff(undo, async () => {
      await post(`/changes/${id}/undo`);
      toast(t("Taken back: {change}", { change: text }));
      reload();
    }),
  );
  return html`<li>
    <div><span class="sentence">${text}</span> <small class="quiet">${moment(at)}</small></div>
    ${undo}
  </li>`;
}
