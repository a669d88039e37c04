/** The first step of teaching: a name in any script, and who consented, without which nothing is taught. */

import { post } from "../../api.js";
import { html } from "../../html.js";
import { toast, whileOff } from "../../notices.js";
import { CONSENTS } from "../../people.js";
import { go, link } from "../../router.js";
import { t, today } from "../../texts.js";

export default function newPerson() {
  const submit = html`<button class="primary">${t("Go on to the photos")}</button>`;
  const form = html`<form class="stack loose" onsubmit=${(event) => create(event, submit)}>
    <div class="field">
      <label for="name">${t("Name")}</label>
      <input id="name" name="name" required maxlength="200" autocomplete="off" dir="auto">
      <span class="hint">${t("As you would write it, in any script.")}</span>
    </div>
    <fieldset>
      <legend>${t("Who agreed to this?")}</legend>
      <div class="options">
        ${CONSENTS().map(
          ({ who, label, hint }) => html`<label class="option">
            <input type="radio" name="who" value=${who} required>
            <span>${label}<small>${hint}</small></span>
          </label>`,
        )}
      </div>
    </fieldset>
    <div class="row">
      <div class="field">
        <label for="on">${t("When")}</label>
        <input id="on" name="on" type="date" required value=${today()} max=${today()}>
      </div>
      <div class="field">
        <label for="birth">${t("Date of birth, if the photos span many years")}</label>
        <input id="birth" name="birth" type="date" max=${today()}>
      </div>
    </div>
    <div class="field">
      <label for="note">${t("Note, if you like")}</label>
      <textarea id="note" name="note" maxlength="1000" dir="auto"></textarea>
    </div>
    <div class="row">${submit}<a class="button" href=${link("teach")}>${t("Cancel")}</a></div>
  </form>`;
  return html`<div class="view">
    <header>
      <h1>${t("Whose face is it?")}</h1>
      <p>${t("A face is personal. Semblante notes who agreed, and teaches nothing without that.")}</p>
    </header>
    <div class="card">${form}</div>
  </div>`;
}

async function create(event, submit) {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  await whileOff(submit, async () => {
    const person = await post("/people", {
      name: fields.name,
      consent: { who: fields.who, on: fields.on, note: fields.note },
      birth_date: fields.birth || null,
    });
    toast(t("{name} can be taught now.", { name: person.name }));
    go(link("teach", person.id));
  });
}
