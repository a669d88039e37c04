/** One photo of the library in a dialog: its faces, who they are, and what can be said of them. */

import { patch, photoPicture, post, remove } from "../../api.js";
import { html, icon, render } from "../../html.js";
import { attempt, notice, showDialog, toast } from "../../notices.js";
import { portraitOf, verdictChip, verdictWord } from "../../people.js";
import { probability, t } from "../../texts.js";

/** Opens the photo at its size, beside the list of its faces. `people` are those learnt; `told()` follows a change. */
export function openPhoto(photo, people, told) {
  const picture = html`<face-photo></face-photo>`;
  const list = html`<ul role="list" class="stack"></ul>`;
  const draw = () => {
    picture.boxes = photo.faces.map(boxOf);
    render(list, photo.faces.map((face, place) => row(face, place, state)));
  };
  const changed = (face) => {
    const isHere = list.contains(document.activeElement) || document.activeElement === document.body;
    draw();
    told();
    if (isHere) list.children[photo.faces.indexOf(face)].querySelector("button, select")?.focus();
  };
  const state = { people, picture, changed };
  if (photo.issue) picture.hidden = true;
  else picture.show(html`<img src=${photoPicture(photo.id)} alt=${photo.name}>`, photo.name);
  picture.addEventListener("choose", ({ detail }) => list.children[detail].scrollIntoView({ block: "nearest" }));
  if (!photo.issue) draw();
  showDialog(
    photo.name,
    html`<div class=${photo.issue ? "stack" : "side"}>
      ${picture}
      <div class="stack">
        <p class="small quiet">${photo.folder}</p>
        ${photo.issue && notice("warn", "warn", html`<span class="sentence">${photo.issue.detail}</span>`)}
        ${!photo.issue && photo.faces.length === 0 && html`<p>${t("No face was found in this photo.")}</p>`}
        ${list}
        <div class="row">${photo.faces.length > 1 && ignoreOthers(photo, changed)}</div>
      </div>
    </div>`,
    { wide: true },
  );
}

function boxOf({ box, people: [first] }, place) {
  const [x0, y0, x1, y1] = box.normalised;
  const count = t("Face {count}", { count: place + 1 });
  const label = first ? `${first.name}. ${verdictWord(first.verdict)}. ${count}` : count;
  return { x0, y0, x1, y1, kind: first?.verdict ?? "", label };
}

function row(face, place, state) {
  const { id, ignored, people: [first] } = face;
  const choose = () => (state.picture.chosen = place);
  return html`<li class="sighting" onpointerenter=${choose} onfocusin=${choose}>
    ${portraitOf(id)}
    <div class="stack tight">
      ${first
        ? [
            html`<span class="row"><strong>${first.name}</strong>${verdictChip(first.verdict)}</span>`,
            html`<span class="small quiet">${first.probability === null ? t("You said so.") : probability(first.probability)}</span>`,
            html`<div class="row">
              ${first.verdict !== "yes" && answerButton(face, first, "yes", t("This is {name}", { name: first.name }), state)}
              ${answerButton(face, first, "no", t("Not {name}", { name: first.name }), state)}
            </div>`,
          ]
        : html`<span class="quiet">${ignored ? t("Ignored") : t("Nobody that is known")}</span>`}
      <div class="row">${somebodyElse(face, state)}${!first && ignoreButton(face, state)}</div>
    </div>
  </li>`;
}

function answerButton(face, person, answer, label, state) {
  const button = html`<button class="plain">${label}</button>`;
  button.addEventListener("click", () => say(button, face, person, answer, state));
  return button;
}

/** Names a face that was taken for somebody else, or for nobody. */
function somebodyElse(face, state) {
  const others = state.people.filter((person) => person.id !== face.people[0]?.person);
  if (!others.length) return null;
  const select = html`<select aria-label=${t("Who is this?")}>
    <option value="">${face.people.length ? t("Somebody else …") : t("This is …")}</option>
    ${others.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
  </select>`;
  select.addEventListener("change", () => {
    const { id: person, name } = others.find(({ id }) => id === select.value);
    say(select, face, { person, name }, "yes", state);
  });
  return select;
}

/** What is said of a face holds for good: later scans do not undo it. */
function say(control, face, { person, name }, answer, { changed }) {
  control.disabled = true;
  return attempt(async () => {
    const answers = `/people/${person}/answers`;
    const before = face.people;
    const becomes = (people) => {
      face.people = people;
      changed(face);
    };
    await post(answers, [{ face: face.id, answer }]);
    const others = before.filter((each) => each.person !== person);
    becomes(answer === "yes" ? [{ person, name, verdict: "yes", probability: null }, ...others] : others);
    const said = answer === "yes" ? t("Learnt: this is {name}.", { name }) : t("Remembered: this is not {name}.", { name });
    const wasSaid = before.find((each) => each.person === person && each.probability === null);
    toast(said, async () => {
      if (wasSaid) await post(answers, [{ face: face.id, answer: wasSaid.verdict }]);
      else await remove(`${answers}/${face.id}`);
      becomes(before);
    });
  }).finally(() => (control.disabled = false));
}

function ignoreButton(face, { changed }) {
  const { id, ignored } = face;
  const button = html`<button class="plain">${ignored ? t("Ask about this face again") : t("Ignore this face")}</button>`;
  button.addEventListener("click", () =>
    attempt(async () => {
      const becomes = (isIgnored) => {
        face.ignored = isIgnored;
        changed(face);
      };
      const { change } = await patch(`/faces/${id}`, { ignored: !ignored });
      becomes(!ignored);
      toast(ignored ? t("This face is asked about again.") : t("This face is ignored for good."), async () => {
        await post(`/changes/${change}/undo`);
        becomes(ignored);
      });
    }),
  );
  return button;
}

/** Strangers in this photo are not asked about any more. */
function ignoreOthers({ id, faces }, changed) {
  const button = html`<button>${icon("hide")}${t("Ignore everybody else in this photo")}</button>`;
  button.addEventListener("click", () =>
    attempt(async () => {
      const { change } = await post(`/photos/${id}/ignore-others`);
      if (!change) {
        toast(t("There is nobody else in this photo."));
        return;
      }
      const others = faces.filter((face) => !face.ignored && !face.people.length);
      const become = (ignored) => others.forEach((face) => {
        face.ignored = ignored;
        changed(face);
      });
      become(true);
      toast(t("The others are ignored for good."), async () => {
        await post(`/changes/${change}/undo`);
        become(false);
      });
    }),
  );
  return button;
}
