/** One photo of the library in a dialog: its faces, who they are, and what can be said of them. */

import { patch, photoPicture, post, remove } from "../../api.js";
import { html, icon } from "../../html.js";
import { attempt, showDialog, toast } from "../../notices.js";
import { portraitOf, verdictChip, verdictWord } from "../../people.js";
import { probability, t } from "../../texts.js";
import { undoable } from "../../view.js";

/** Opens the photo at its size, beside the list of its faces. */
export function openPhoto(photo) {
  const picture = html`<face-photo></face-photo>`;
  picture.show(html`<img src=${photoPicture(photo.id)} alt=${photo.name}>`, photo.name);
  picture.boxes = photo.faces.map(boxOf);
  const content = html`<div class="side">
    ${picture}
    <div class="stack">
      <p class="small quiet">${photo.folder}</p>
      <ul role="list" class="stack">${photo.faces.map((face) => row(face))}</ul>
      <div class="row">${photo.faces.length > 0 && ignoreOthers(photo)}</div>
    </div>
  </div>`;
  showDialog(photo.name, content, { wide: true });
}

function boxOf({ box, people: [first] }, place) {
  const [x0, y0, x1, y1] = box.normalised;
  const count = t("Face {count}", { count: place + 1 });
  return { x0, y0, x1, y1, kind: first?.verdict ?? "", label: first ? `${first.name}. ${verdictWord(first.verdict)}. ${count}` : count };
}

function row({ id, ignored, people: [first] }) {
  return html`<li class="row">
    ${portraitOf(id)}
    <div class="stack tight">
      ${first
        ? html`<span class="row"><strong>${first.name}</strong>${verdictChip(first.verdict)}</span>
            <span class="small quiet">${first.probability === null ? t("You said so.") : probability(first.probability)}</span>
            <div class="row">
              ${first.verdict !== "yes" && answerButton(first, id, "yes", t("This is {name}", { name: first.name }))}
              ${answerButton(first, id, "no", t("Not {name}", { name: first.name }))}
            </div>`
        : html`<span class="quiet">${ignored ? t("Ignored") : t("Nobody that is known")}</span> ${ignoreButton(id, ignored)}`}
    </div>
  </li>`;
}

/** What is said of a face holds for good: later scans do not undo it. */
function answerButton({ person, name }, face, answer, label) {
  const button = html`<button class="plain">${label}</button>`;
  button.addEventListener("click", () => {
    button.disabled = true;
    attempt(async () => {
      const answers = `/people/${person}/answers`;
      await post(answers, [{ face, answer }]);
      const said = answer === "yes" ? t("Learnt: this is {name}.", { name }) : t("Remembered: this is not {name}.", { name });
      toast(said, () => remove(`${answers}/${face}`));
    });
  });
  return button;
}

function ignoreButton(face, ignored) {
  const button = html`<button class="plain">${ignored ? t("Ask about this face again") : t("Ignore this face")}</button>`;
  button.addEventListener("click", () => {
    button.disabled = true;
    attempt(async () => {
      const answer = await patch(`/faces/${face}`, { ignored: !ignored });
      toast(ignored ? t("This face is asked about again.") : t("This face is ignored for good."), undoable(answer));
    });
  });
  return button;
}

/** Strangers in this photo are not asked about any more. */
function ignoreOthers({ id }) {
  const button = html`<button>${icon("hide")}${t("Ignore everybody else in this photo")}</button>`;
  button.addEventListener("click", () =>
    attempt(async () => {
      const answer = await post(`/photos/${id}/ignore-others`);
      toast(answer.change ? t("The others are ignored for good.") : t("There is nobody else in this photo."), undoable(answer));
    }),
  );
  return button;
}
