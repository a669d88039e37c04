/** Every change, the newest first, each with a way to take it back. */

import { get, post } from "../../api.js";
import { html, icon, render } from "../../html.js";
import { emptyState, toast, whileOff } from "../../notices.js";
import { moment, number, t } from "../../texts.js";
import { reload } from "../../view.js";

const PAGE = 50;

export default async function history({ signal }) {
  const first = await get("/changes", { limit: PAGE }, signal);
  if (!first.changes.length) {
    return emptyState(
      "history",
      t("Nothing has changed yet"),
      t("Whatever you teach, name, merge or ignore is listed here, and can be undone."),
    );
  }
  const list = html`<ol role="list" class="timeline"></ol>`;
  const rest = html`<div class="row"></div>`;
  const show = ({ changes, next }) => {
    list.append(...changes.map(row));
    const more = html`<button>${t("Show more")}</button>`;
    more.addEventListener("click", () => whileOff(more, async () => show(await get("/changes", { limit: PAGE, cursor: next }, signal))));
    render(rest, next && more);
  };
  show(first);
  return html`<div class="stack">${list}${rest}</div>`;
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
    <div class="stack tight">
      <span class="sentence">${text}</span>
      <small class="quiet">${moment(at)} · ${t("change {number}", { number: number(id) })}</small>
    </div>
    ${undo}
  </li>`;
}
