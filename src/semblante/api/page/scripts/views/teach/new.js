/** The first step of teaching: a name in any script, and who consented, without which nothing is taught. */

import { post } from "../../api.js";
import { html } from "../../html.js";
import { toast, whileOff } from "../../notices.js";
import { go, link } from "../../router.js";
import { t } from "../../texts.js";
import { detailFields, detailsOf } from "./details.js";

export default function newPerson() {
  const submit = html`<button class="primary">${t("Go on to the photos")}</button>`;
  return html`<div class="view">
    <header>
      <h1>${t("Whose face is it?")}</h1>
      <p>${t("A face is personal. Semblante notes who agreed, and learns nothing without that.")}</p>
    </header>
    <form class="card stack loose" onsubmit=${(event) => create(event, submit)}>
      ${detailFields()}
      <div class="row">${submit}<a class="button" href=${link("teach")}>${t("Cancel")}</a></div>
    </form>
  </div>`;
}

async function create(event, submit) {
  event.preventDefault();
  const details = detailsOf(Object.fromEntries(new FormData(event.target)));
  await whileOff(submit, async () => {
    const person = await post("/people", details);
    toast(t("{name} is added. Now show photos.", { name: person.name }));
    go(link("teach", person.id));
  });
}
