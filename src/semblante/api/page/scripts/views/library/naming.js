/** Gives a group of unknown faces a name: somebody known, or somebody new who agreed. */

import { patch } from "../../api.js";
import { html } from "../../html.js";
import { ask, toast } from "../../notices.js";
import { CONSENTS } from "../../people.js";
import { nt, t, today } from "../../texts.js";
import { reload, undo } from "../../view.js";

/** Asks for the name, and learns the person from the group's faces at once. */
export async function nameGroup(group, people) {
  const { id, doubtful } = group;
  const isUnlike = unlikeField();
  const consent = consentField();
  const knownAs = (name) => people.find((person) => plain(person.name) === plain(name));
  const compare = ({ target }) => {
    if (target.name !== "name") return;
    const known = knownAs(target.value);
    show(consent, target.value.trim() !== "" && !known?.consent);
    show(isUnlike, false);
  };
  let done = null;
  const isDone = await ask({
    title: t("Who is this?"),
    content: html`<div class="stack" oninput=${compare}>
      <div class="field">
        <label for="group-name">${t("Name")}</label>
        <input id="group-name" name="name" list="known-names" required maxlength="200" dir="auto" autocomplete="off">
        <datalist id="known-names">${people.map((person) => html`<option value=${person.name}></option>`)}</datalist>
      </div>
      ${consent} ${isUnlike}
      ${doubtful > 0 &&
      html`<label class="row">
        <input type="checkbox" name="doubtful">
        ${nt("The {count} doubtful face is theirs too", "The {count} doubtful faces are theirs too", doubtful)}
      </label>`}
    </div>`,
    actions: [{ label: t("Learn this face"), value: "name" }],
    act: async (fields) => {
      try {
        done = await learn(id, knownAs(fields.name), fields);
      } catch (error) {
        if (error.code === "name_of_somebody_else") show(isUnlike, true);
        throw error;
      }
    },
  });
  if (!isDone) return;
  toast(t("{name} is learnt.", { name: done.name }), done.takeBack);
  for (const { reason } of done.alike) if (reason) toast(reason.detail);
  reload();
}

/** Somebody new is added in the same change, and so is what somebody known agreed to. */
async function learn(group, known, { name, who, doubtful, if_known: ifKnown }) {
  const { change, look_alikes: alike } = await patch(`/groups/${group}`, {
    ...(known ? { person: known.id } : { name }),
    consent: who ? { who, on: today(), note: "" } : null,
    doubtful: doubtful === "on",
    if_known: ifKnown || null,
  });
  return { name: known?.name ?? name.trim(), alike, takeBack: () => undo(change) };
}

/** A name without what makes no difference. */
const plain = (name) => name.trim().normalize("NFC").toLocaleLowerCase();

function show(field, isShown) {
  field.hidden = !isShown;
  for (const each of field.querySelectorAll("input, select")) each.disabled = !isShown;
}

function consentField() {
  const field = html`<div class="field">
    <label for="group-who">${t("Who agreed to this?")}</label>
    <select id="group-who" name="who" required>
      <option value="">${t("Please choose")}</option>
      ${CONSENTS().map(({ who, label }) => html`<option value=${who}>${label}</option>`)}
    </select>
    <span class="hint">${t("A face is personal. Semblante notes who agreed, and learns nothing without that.")}</span>
  </div>`;
  show(field, false);
  return field;
}

/** What becomes of somebody known who has the name and looks unlike these faces. */
function unlikeField() {
  const field = html`<fieldset>
    <legend>${t("What do you want?")}</legend>
    <div class="stack">
      <label class="option">
        <input type="radio" name="if_known" value="merge" required>
        <span>${t("It is the same person")}<small>${t("Learn from these faces and from those of before.")}</small></span>
      </label>
      <label class="option">
        <input type="radio" name="if_known" value="replace" required>
        <span>${t("Replace the person")}<small>${t("What was taught before is dropped.")}</small></span>
      </label>
    </div>
  </fieldset>`;
  show(field, false);
  return field;
}
