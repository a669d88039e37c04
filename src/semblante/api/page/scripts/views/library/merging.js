/** Two known people who are one: the second is learnt as the first, and the second name goes. */

import { post } from "../../api.js";
import { html } from "../../html.js";
import { ask, toast } from "../../notices.js";
import { t } from "../../texts.js";
import { reload, undoable } from "../../view.js";

export async function mergePeople(people) {
  const learnt = people.filter((person) => person.is_learnt);
  const choice = (name, label, chosen) => html`<div class="field">
    <label for=${`merge-${name}`}>${label}</label>
    <select id=${`merge-${name}`} name=${name} required>
      ${learnt.map(({ id, name: title }) => html`<option value=${id} selected=${id === chosen.id}>${title}</option>`)}
    </select>
  </div>`;
  let answer = null;
  const isDone = await ask({
    title: t("Which two are one person?"),
    content: html`<div class="stack">
      ${choice("stays", t("This name stays"), learnt[0])} ${choice("goes", t("This name goes"), learnt[1])}
      <p class="small quiet">${t("The person is learnt anew from the photos of both. It can be undone.")}</p>
    </div>`,
    actions: [{ label: t("Make them one"), value: "merge" }],
    act: async ({ stays, goes }) => (answer = await post(`/people/${stays}/merge`, { person: Number(goes) })),
  });
  if (!isDone) return;
  toast(t("{name} is one person now.", { name: answer.person.name }), undoable(answer));
  reload();
}
