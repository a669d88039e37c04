/** What is noted of a person: the name in any script, who consented, the date of birth; as fields, and in a dialog. */

import { patch } from "../../api.js";
import { html } from "../../html.js";
import { ask, attempt, toast } from "../../notices.js";
import { CONSENTS } from "../../people.js";
import { t, today } from "../../texts.js";
import { reload, undoNewest } from "../../view.js";

/** The fields of a form, filled with what is known of `person`; a consent that was given cannot be left out. */
export function detailFields(person = { name: "", consent: {}, birth_date: null }) {
  const { name, birth_date: birth } = person;
  const { who, on = today(), note = "" } = person.consent ?? {};
  const noteField = html`<textarea id="note" name="note" maxlength="1000" dir="auto"></textarea>`;
  noteField.value = note;
  return html`<div class="stack loose">
    <div class="field">
      <label for="name">${t("Name")}</label>
      <input id="name" name="name" required maxlength="200" autocomplete="off" dir="auto" value=${name}>
      <span class="hint">${t("As you would write it, in any script.")}</span>
    </div>
    <fieldset>
      <legend>${t("Who agreed to this?")}</legend>
      <div class="options">
        ${CONSENTS().map(
          ({ who: each, label, hint }) => html`<label class="option">
            <input type="radio" name="who" value=${each} required=${person.consent !== null} checked=${each === who}>
            <span>${label}<small>${hint}</small></span>
          </label>`,
        )}
      </div>
    </fieldset>
    <div class="fields">
      <div class="field">
        <label for="on">${t("When")}</label>
        <input id="on" name="on" type="date" required value=${on} max=${today()}>
      </div>
      <div class="field">
        <label for="birth">${t("Date of birth, if the photos span many years")}</label>
        <input id="birth" name="birth" type="date" max=${today()} value=${birth ?? ""}>
      </div>
    </div>
    <div class="field">
      <label for="note">${t("Note, if you like")}</label>
      ${noteField}
    </div>
  </div>`;
}

/** What the service takes of a form with these fields. */
export function detailsOf({ name, who, on, note, birth }) {
  return { name, consent: who ? { who, on, note } : null, birth_date: birth || null };
}

/** Changes what is noted of a person, in a dialog. */
export async function editDetails(person, etag) {
  const answer = await ask({
    title: t("What is noted of {name}", { name: person.name }),
    content: detailFields(person),
    actions: [{ label: t("Save"), value: "save" }],
    wide: true,
  });
  if (!answer) return;
  await attempt(async () => {
    const { name } = await patch(`/people/${person.id}`, detailsOf(answer.fields), etag);
    toast(t("Saved what is noted of {name}.", { name }), undoNewest);
    reload();
  });
}
