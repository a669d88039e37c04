/** The people of the library: those known, and groups of unknown faces, which are named, merged, split or ignored. */

import { get, patch, post, thumbnail } from "../../api.js";
import { html, icon, render } from "../../html.js";
import { ask, attempt, emptyState, toast, whileOff } from "../../notices.js";
import { all } from "../../paging.js";
import { portrait } from "../../people.js";
import { link } from "../../router.js";
import { nt, t } from "../../texts.js";
import { reload, undoable } from "../../view.js";
import groupView from "./group.js";
import { mergePeople } from "./merging.js";
import { nameGroup } from "./naming.js";

const PAGE = 50;

export default async function groups({ path, query, signal }) {
  if (path[0]) return groupView(path[0], signal);
  const ignored = query.has("ignored");
  const asked = { limit: PAGE, ignored };
  const [listed, people] = await Promise.all([get("/groups", asked, signal), all("/people", "people", signal)]);
  return html`<div class="stack loose">
    ${ignored && html`<p><a href=${link("library", "groups")}>${t("Back to the groups")}</a></p>`}
    ${!ignored && people.length > 0 && knownPeople(people)}
    ${listed.job && atWork(listed.job, signal)}
    ${listed.total > 0 ? unknownGroups(listed, people, asked, signal) : !listed.job && (await nothing(ignored, signal))}
    ${!ignored && listed.ignored > 0 &&
    html`<p><a href=${`${link("library", "groups")}?ignored=1`}>${nt("{count} face is ignored", "{count} faces are ignored", listed.ignored)}</a></p>`}
  </div>`;
}

/** The job that puts the groups together anew; once it is done, they are shown. */
function atWork(id, signal) {
  const progress = html`<job-progress class="card stack"></job-progress>`;
  attempt(async () => {
    await progress.run(await get(`/jobs/${id}`, {}, signal));
    if (!signal.aborted) reload();
  });
  return progress;
}

async function nothing(ignored, signal) {
  if (ignored) return emptyState("hide", t("No ignored groups"), t("Single faces that are ignored are in their photos."));
  const { total } = await get("/photos", { limit: 1 }, signal);
  if (total > 0) {
    const words = t("Every face that was found is a known person's, is ignored, or is in too few good photos to be asked about.");
    return emptyState("people", t("No unknown groups"), words);
  }
  return emptyState(
    "people",
    t("No unknown groups"),
    t("After a scan, faces that seem to be one person's come together here, so that you can name them."),
    html`<a class="button primary" href=${link("library", "folders")}>${t("To the folders")}</a>`,
  );
}

/** Everybody known, each with the way to the photos. */
function knownPeople(people) {
  return html`<section class="stack">
    <div class="row spread">
      <h2>${t("Known people")}</h2>
      ${people.filter((person) => person.is_learnt).length > 1 && html`<button onclick=${() => mergePeople(people)}>${t("Two are one person")}</button>`}
    </div>
    <ul role="list" class="people">
      ${people.map(
        (person) => html`<li>
          <a class="person" href=${person.is_learnt ? `${link("library", "photos")}?person=${person.id}` : link("teach", person.id)}>
            ${portrait(person)}
            <div><strong>${person.name}</strong><small>${person.is_learnt ? t("See the photos") : t("Not learnt yet")}</small></div>
          </a>
        </li>`,
      )}
    </ul>
  </section>`;
}

function unknownGroups(first, people, asked, signal) {
  const shown = [];
  const list = html`<ul role="list" class="stack loose"></ul>`;
  const rest = html`<div class="row"></div>`;
  const show = ({ groups: found, next }) => {
    shown.push(...found);
    list.append(...found.map((group) => html`<li>${groupCard(group, { shown, people, ignored: asked.ignored, total: first.total })}</li>`));
    const more = html`<button>${t("Show more")}</button>`;
    more.addEventListener("click", () => whileOff(more, async () => show(await get("/groups", { ...asked, cursor: next }, signal))));
    render(rest, next && more);
  };
  show(first);
  return html`<section class="stack">
    ${!asked.ignored &&
    html`<h2>${t("Unknown people")}</h2>
      <p>${t("Faces that seem to be one person's. Give a group a name and it is learnt at once; ignore strangers for good.")}</p>`}
    ${list}${rest}
  </section>`;
}

function groupCard(group, { shown, people, ignored, total }) {
  const { id, examples, doubtful, photos, certain } = group;
  return html`<article class="card group" aria-label=${nt("{count} photo", "{count} photos", photos)}>
    <div class="row spread">
      <h3>${nt("{count} photo", "{count} photos", photos)}</h3>
      ${!certain && html`<span class="chip unsure">${icon("question")}${t("May be several people")}</span>`}
    </div>
    <div class="strip">${examples.map((face) => html`<img class="thumb" src=${thumbnail(face)} alt="" loading="lazy">`)}</div>
    ${doubtful > 0 &&
    html`<p class="small quiet">${nt("{count} further face is doubtful", "{count} further faces are doubtful", doubtful)}</p>`}
    <div class="row">
      ${ignored
        ? html`<button onclick=${() => ignore(group, false)}>${t("Ask about these again")}</button>`
        : [
            html`<button class="primary" onclick=${() => nameGroup(group, people)}>${t("Give a name")}</button>`,
            html`<a class="button" href=${link("library", "groups", id)}>${t("See all, or split")}</a>`,
            total > 1 && html`<button onclick=${() => merge(group, shown)}>${t("Merge")}</button>`,
            html`<button onclick=${() => ignore(group, true)}>${icon("hide")}${t("Ignore")}</button>`,
          ]}
    </div>
  </article>`;
}

const ignore = ({ id }, ignored) =>
  attempt(async () => {
    const answer = await patch(`/groups/${id}`, { ignored });
    toast(ignored ? t("These faces are ignored from now on.") : t("These faces are asked about again."), undoable(answer));
    reload();
  });

/** Makes several groups of one person's one. */
async function merge({ id, examples }, shown) {
  const others = shown.filter((other) => other.id !== id);
  const choices = html`<ul role="list" class="stack">
    ${others.map(
      ({ id: other, examples: faces, photos }) => html`<li><label class="option">
        <input type="checkbox" value=${other}>
        <span class="faces">${faces.slice(0, 3).map((face) => html`<img class="face" src=${thumbnail(face)} alt="">`)}</span>
        <span>${nt("{count} photo", "{count} photos", photos)}</span>
      </label></li>`,
    )}
  </ul>`;
  let answer = null;
  const isDone = await ask({
    title: t("Which groups are the same person?"),
    content: html`<div class="stack">
      <div class="faces">${examples.slice(0, 3).map((face) => html`<img class="face" src=${thumbnail(face)} alt="">`)}</div>
      ${choices}
    </div>`,
    actions: [{ label: t("Merge"), value: "merge" }],
    act: async () => {
      const groups = [...choices.querySelectorAll(":checked")].map((each) => each.value);
      if (!groups.length) throw new Error(t("Choose at least one group."));
      answer = await post(`/groups/${id}/merge`, { groups });
    },
  });
  if (!isDone) return;
  toast(t("The groups are one now."), undoable(answer));
  reload();
}
