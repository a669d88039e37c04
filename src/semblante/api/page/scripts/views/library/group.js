/** One group of unknown faces: all of them, how it may fall apart, and faces chosen to be split off. */

import { get, post, thumbnail } from "../../api.js";
import { html, icon } from "../../html.js";
import { emptyState, toast, whileOff } from "../../notices.js";
import { go, link } from "../../router.js";
import { nt, t } from "../../texts.js";
import { undoable } from "../../view.js";

export default async function groupView(id, signal) {
  const [group, proposal] = await Promise.all([
    get(`/groups/${id}`, {}, signal),
    get(`/groups/${id}/split-proposal`, {}, signal),
  ]);
  return html`<div class="stack loose">
    <p><a href=${link("library", "groups")}>${t("Back to the groups")}</a></p>
    <div class="row"><h2>${nt("{count} photo", "{count} photos", group.photos)}</h2></div>
    ${proposed(id, proposal)} ${byHand(id, group)}
  </div>`;
}

/** Parts that may be different people, and faces like none of them. */
function proposed(id, { parts, outliers }) {
  const others = [...parts.slice(1), ...(outliers.length ? [outliers] : [])];
  if (!others.length) return html`<p class="quiet">${t("All these faces seem to be one person's: no way to split them was found.")}</p>`;
  const accept = html`<button class="primary">${t("Split like this")}</button>`;
  accept.addEventListener("click", () => whileOff(accept, () => split(id, others)));
  return html`<section class="card stack">
    <h3>${t("These may be different people")}</h3>
    <div class="parts">
      ${parts.map((faces) => part(nt("{count} face", "{count} faces", faces.length), faces))}
      ${outliers.length > 0 && part(nt("{count} face like none of the others", "{count} faces like none of the others", outliers.length), outliers)}
    </div>
    <div class="row">${accept}</div>
  </section>`;
}

function part(title, faces) {
  return html`<section class="group">
    <h4>${title}</h4>
    <div class="strip">${faces.map((face) => html`<img class="thumb" src=${thumbnail(face)} alt="" loading="lazy">`)}</div>
  </section>`;
}

/** Every face as a button that chooses it; the chosen ones become a group of their own. */
function byHand(id, { faces, doubtful }) {
  const all = [...faces, ...doubtful];
  if (all.length < 2) return emptyState("people", t("One face"), t("A single face cannot be split."));
  const chosen = new Set();
  const take = html`<button class="primary"></button>`;
  const count = () => {
    take.hidden = chosen.size === 0;
    take.disabled = chosen.size === all.length;
    take.textContent = nt("Split off {count} chosen face", "Split off {count} chosen faces", chosen.size);
  };
  const choose = (face, { currentTarget: button }) => {
    if (!chosen.delete(face)) chosen.add(face);
    button.ariaPressed = String(chosen.has(face));
    count();
  };
  take.addEventListener("click", () => whileOff(take, () => split(id, [[...chosen]])).then(count));
  count();
  const cell = (face, place, isDoubtful) => html`<li><button
    class="pick"
    aria-pressed="false"
    aria-label=${isDoubtful ? t("Face {count}, doubtful", { count: place + 1 }) : t("Face {count}", { count: place + 1 })}
    onclick=${(event) => choose(face, event)}
  >
    <img class="thumb" src=${thumbnail(face)} alt="" loading="lazy">
    ${isDoubtful && html`<span class="mark">${icon("question")}</span>`}
  </button></li>`;
  return html`<section class="stack">
    <h3>${t("Choose yourself")}</h3>
    <p>${t("Press the faces that are somebody else's.")}</p>
    <ul role="list" class="picks">${all.map((face, place) => cell(face, place, place >= faces.length))}</ul>
    ${doubtful.length > 0 && html`<p class="small quiet row">${icon("question")}${t("Doubtful: may be somebody else's; it stays in no group unless you choose it.")}</p>`}
    <div class="row bottom">${take}</div>
  </section>`;
}

async function split(id, parts) {
  const answer = await post(`/groups/${id}/split`, { parts });
  toast(t("The group is split."), undoable(answer));
  go(link("library", "groups"));
}
