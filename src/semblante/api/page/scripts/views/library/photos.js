/** All photos in one grid, narrowed by person, verdict and attributes. */

import { get, photoThumbnail } from "../../api.js";
import { html, icon, render } from "../../html.js";
import { emptyState } from "../../notices.js";
import { all, pages } from "../../paging.js";
import { go, link } from "../../router.js";
import { nt, t } from "../../texts.js";
import { addButton } from "./folders.js";
import { openPhoto } from "./photo.js";

const PAGE = 200;

export default async function photos({ query, signal }) {
  const filters = Object.fromEntries(["person", "verdict", "with", "without", "folder"].map((name) => [name, query.get(name)]));
  const narrowed = Object.values(filters).some(Boolean);
  const [first, people, { attributes }] = await Promise.all([
    get("/photos", { ...filters, limit: PAGE }, signal),
    all("/people", "people", signal),
    get("/model", {}, signal),
  ]);
  const learnt = people.filter((person) => person.is_learnt);
  return html`<div class="stack">
    ${(narrowed || first.photos.length > 0) && filterBar(filters, learnt, attributes)}
    ${first.photos.length > 0
      ? [found(first.total, filters), grid(first, filters, learnt, signal)]
      : nothing(narrowed)}
  </div>`;
}

/** How many photos there are, and the way back to all of them. */
function found(total, { folder, ...filters }) {
  const narrowed = folder || Object.values(filters).some(Boolean);
  return html`<p class="quiet small row" role="status">
    ${nt("{count} photo", "{count} photos", total)} ${folder && t("in one folder")} · ${t("copies of a photo count once")}
    ${narrowed && html`<a href=${link("library", "photos")}>${t("All photos")}</a>`}
  </p>`;
}

function nothing(narrowed) {
  if (narrowed) {
    return emptyState(
      "photo",
      t("No photo is like that"),
      t("Take a filter away to see more."),
      html`<a class="button" href=${link("library", "photos")}>${t("All photos")}</a>`,
    );
  }
  return emptyState(
    "library",
    t("No photos yet"),
    t("Add a folder. Semblante finds the faces in it, and the people you taught."),
    addButton("primary"),
  );
}

function filterBar(filters, people, attributes) {
  const narrow = (event) => {
    const chosen = new FormData(event.currentTarget);
    const query = new URLSearchParams([...chosen].filter(([, value]) => value));
    go(`${link("library", "photos")}?${query}`, { quietly: true });
  };
  const choices = (name, label, empty, options) => html`<div class="field">
    <label for=${`filter-${name}`}>${label}</label>
    <select id=${`filter-${name}`} name=${name}>
      <option value="">${empty}</option>
      ${options.map(({ value, title }) => html`<option value=${value} selected=${value === filters[name]}>${title}</option>`)}
    </select>
  </div>`;
  const described = attributes.map(({ name, label }) => ({ value: name, title: label }));
  return html`<form class="filters" aria-label=${t("Filters")} onchange=${narrow} onsubmit=${(event) => event.preventDefault()}>
    ${choices("person", t("Person"), t("Anybody"), people.map(({ id, name }) => ({ value: id, title: name })))}
    ${choices("verdict", t("Answer"), t("Any answer"), [
      { value: "yes", title: t("Yes") },
      { value: "unsure", title: t("Not sure") },
    ])}
    ${choices("with", t("With"), t("Any attribute"), described)}
    ${choices("without", t("Without"), t("Nothing excluded"), described)}
    <input type="hidden" name="folder" value=${filters.folder ?? ""}>
  </form>`;
}

function grid(first, filters, people, signal) {
  const options = {
    label: t("Photos"),
    width: 150,
    height: 150,
    cell: (photo) => tile(photo, people),
    more: pages("/photos", { ...filters, limit: PAGE }, "photos", first, signal),
  };
  return html`<virtual-grid options=${options}></virtual-grid>`;
}

/** A photo with whom it surely shows, or may show. */
function tile(photo, people) {
  const button = html`<button class="tile"></button>`;
  const draw = () => render(button, picture(photo), ...whom(photo));
  button.addEventListener("click", () => openPhoto(photo, people, draw));
  draw();
  return button;
}

function picture({ id, name, issue }) {
  if (issue) return html`<span class="issue">${icon("warn")}<span>${name}</span><small class="sentence">${issue.detail}</small></span>`;
  return html`<img src=${photoThumbnail(id)} alt=${name} loading="lazy" decoding="async">`;
}

function whom({ faces }) {
  const seen = faces.flatMap(({ people }) => people.slice(0, 1));
  const sure = seen.filter(({ verdict }) => verdict === "yes").map(({ name }) => name);
  const unsure = seen.filter(({ verdict }) => verdict === "unsure").map(({ name }) => `${name}?`);
  const names = [...sure, ...unsure];
  return names.length ? [html`<span class=${`chip ${sure.length ? "yes" : "unsure"}`}>${names.join(", ")}</span>`] : [];
}
