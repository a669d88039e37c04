/** One photo of the library in a dialog: its faces, who they are, and what can be said of them. */

import { get, photoThumbnail, post } from "../../api.js";
import { html, icon } from "../../html.js";
import { attempt, problemNotice, showDialog, toast } from "../../notices.js";
import { portraitOf, verdictChip } from "../../people.js";
import { nt, t } from "../../texts.js";
import { undoable } from "../../view.js";

export async function openPhoto(photo, people) {
  const content = html`<div class="side">
    <face-photo></face-photo>
    <div class="stack"><p role="status">${t("Reading …")}</p></div>
  </div>`;
  const dialog = showDialog(photo.name, content, { wide: true });
  const [shown, said] = content.children;
  shown.show(html`<img src=${photoThumbnail(photo.photo)} alt=${photo.name}>`, photo.name);
  try {
    const { faces, path } = await get(`/photos/${photo.photo}`);
    shown.boxes = faces.map(({ box, verdict }, place) => {
      const [x0, y0, x1, y1] = box.normalised;
      return { x0, y0, x1, y1, kind: verdict ?? "", label: t("Face {count}", { count: place + 1 }) };
    });
    said.replaceChildren(
      html`<p class="small quiet">${path}</p>`,
      html`<ul role="list" class="stack">${faces.map((face) => row(face, people))}</ul>`,
      html`<div class="row">${ignoreAll(photo, dialog)}</div>`,
    );
  } catch (error) {
    said.replaceChildren(problemNotice(error));
  }
}

function row({ face, people: known = [] }, people) {
  const first = known[0];
  const name = first && people.find(({ id }) => id === first.person)?.name;
  return html`<li class="row">
    ${portraitOf(face)}
    <div class="stack tight">
      ${name ? html`<span class="row"><strong>${name}</strong>${verdictChip(first.verdict)}</span>` : html`<span class="quiet">${t("Nobody that is known")}</span>`}
      ${name && html`<button class="plain" onclick=${(event) => notThisPerson(event.target, first.person, name, face)}>${t("Not {name}", { name })}</button>`}
    </div>
  </li>`;
}

function notThisPerson(button, person, name, face) {
  button.disabled = true;
  attempt(async () => {
    const answer = await post(`/people/${person}/answers`, [{ face, answer: "no" }]);
    toast(t("Remembered: this is not {name}.", { name }), undoable(answer));
  });
}

/** Strangers in this photo are not asked about any more. */
function ignoreAll(photo, dialog) {
  const button = html`<button>${icon("hide")}${t("Ignore everybody else in this photo")}</button>`;
  button.addEventListener("click", () =>
    attempt(async () => {
      const answer = await post("/ignored", { photo: photo.photo });
      dialog.close();
      toast(nt("{count} face is ignored.", "{count} faces are ignored.", answer.faces), undoable(answer));
    }),
  );
  return button;
}
