/** Teach: whom Semblante knows, and the way to teach somebody new. */

import { html, icon } from "../html.js";
import { all } from "../paging.js";
import { consentLine, portrait } from "../people.js";
import { link } from "../router.js";
import { nt, t } from "../texts.js";
import newPerson from "./teach/new.js";
import personView from "./teach/person.js";

export default async function teach(context) {
  const [chosen] = context.path;
  if (chosen === "new") return newPerson();
  if (chosen) return personView(chosen, context);
  const people = await all("/people", "people", context.signal);
  return people.length ? listOf(people) : welcome();
}

function welcome() {
  return html`<div class="view">
    <div class="empty">
      ${icon("face")}
      <h1>${t("Show Semblante a face")}</h1>
      <p class="lede">
        ${t("Give it a few photos of yourself, or of somebody who agreed. It learns to tell that face from all others, and finds it in your photos.")}
      </p>
      <div class="row">
        <a class="button primary" href=${link("teach", "new")}>${icon("plus")}${t("Teach a face")}</a>
        <a class="button" href=${link("how")}>${t("How does it work?")}</a>
      </div>
      <p class="quiet small">${t("Five photos are enough to begin. They never leave this computer.")}</p>
    </div>
  </div>`;
}

function listOf(people) {
  return html`<div class="view">
    <header class="row spread">
      <h1>${t("Who is known")}</h1>
      <a class="button primary" href=${link("teach", "new")}>${icon("plus")}${t("Teach somebody new")}</a>
    </header>
    <ul role="list" class="people">
      ${people.map(
        (person) => html`<li>
          <a class="person" href=${link("teach", person.id)}>
            ${portrait(person)}
            <div>
              <strong>${person.name}</strong>
              <small>${taughtLine(person)}<br>${consentLine(person.consent)}</small>
            </div>
          </a>
        </li>`,
      )}
    </ul>
  </div>`;
}

function taughtLine({ is_learnt: isLearnt, taught, answered_yes: answered }) {
  if (!isLearnt) return t("Not learnt yet");
  return nt("Learnt from {count} photo", "Learnt from {count} photos", taught + answered);
}
