/** Forgetting a person, with a receipt: what was searched, byte for byte, and that nothing was left. */

import { exportOf, getTagged, removeTagged } from "../../api.js";
import { html, icon, render } from "../../html.js";
import { notice, whileOff } from "../../notices.js";
import { portrait } from "../../people.js";
import { link } from "../../router.js";
import { bytes, listed, moment, nt, number, t } from "../../texts.js";

export default async function forgetView(id, signal) {
  const { value: person, etag } = await getTagged(`/people/${id}`, signal);
  const outcome = html`<div class="stack" aria-live="polite"></div>`;
  const forget = html`<button class="danger">${icon("bin")}${t("Forget {name}", { name: person.name })}</button>`;
  forget.addEventListener("click", () => whileOff(forget, () => carryOut(person, etag, view)));
  render(
    outcome,
    html`<p>${t("The name, the neuron, the taught faces and every mention in the history go. Your own photos stay where they are. This cannot be undone.")}</p>`,
    html`<div class="row">
      ${forget}
      <a class="button" href=${exportOf(id)} download>${icon("download")}${t("Export first")}</a>
      <a class="button" href=${link("held")}>${t("Cancel")}</a>
    </div>`,
  );
  const view = html`<div class="view">
    <header class="row">${portrait(person, "large")}<h1>${t("Forget {name}?", { name: person.name })}</h1></header>
    ${outcome}
  </div>`;
  return view;
}

/** Forgets, and shows the receipt in place of all that the view held of the person. */
async function carryOut(person, etag, view) {
  const job = await removeTagged(`/people/${person.id}`, etag);
  const progress = html`<job-progress class="card stack"></job-progress>`;
  render(view, html`<h1 tabindex="-1">${t("Receipt")}</h1>`, progress);
  const { state, result } = await progress.run(job);
  if (state !== "done") return;
  progress.replaceWith(receiptView(person, result));
  view.querySelector("h1").focus();
}

/** What was searched, for what, and found, as the service counted it. */
function receiptView({ name }, receipt) {
  const { searched, searched_for: wanted, left, at, shared, named_in: named, taught, faces, journals, files } = receipt;
  const total = searched.reduce((sum, { bytes: size }) => sum + size, 0);
  const traces = [
    nt("{count} name", "{count} names", wanted.names),
    nt("{count} neuron", "{count} neurons", wanted.neurons),
    nt("{count} face", "{count} faces", wanted.faces),
    nt("{count} picture", "{count} pictures", wanted.thumbnails),
  ];
  const gone = [
    [taught, nt("{count} face that taught", "{count} faces that taught", taught)],
    [faces, nt("{count} face of the photos", "{count} faces of the photos", faces)],
    [journals, nt("{count} journal of a sort", "{count} journals of sorts", journals)],
    [files.length, nt("{count} file", "{count} files", files.length)],
  ].flatMap(([count, text]) => (count ? [text] : []));
  const own = [
    [named.paths, nt("the name in {count} path of the photos", "the name in {count} paths of the photos", named.paths)],
    [named.notes, nt("the name in {count} note on a consent", "the name in {count} notes on consents", named.notes)],
  ].flatMap(([count, text]) => (count ? [text] : []));
  return html`<section class="stack" aria-label=${t("Receipt")}>
    ${left === 0
      ? notice("good", "check", html`<strong>${nothingLeft(name, own)}</strong>`)
      : notice("warn", "warn", html`<strong>${t("Something was left. See below.")}</strong>`)}
    <div class="receipt">
      <dl>
        ${gone.length > 0 && html`<div><dt>${t("Erased")}</dt><dd>${listed(gone)}</dd></div>`}
        <div><dt>${t("Searched")}</dt><dd>${moment(at)}</dd></div>
        <div><dt>${t("Searched for, byte for byte")}</dt><dd>${listed(traces)}</dd></div>
        ${searched.map(
          ({ name: file, bytes: size, decrypted, found }) => html`<div>
            <dt>${file}</dt>
            <dd>${[bytes(size), decrypted && t("searched decrypted"), t("found: {count}", { count: number(found) })].filter(Boolean).join(" · ")}</dd>
          </div>`,
        )}
        <div>
          <dt>${t("In all")}</dt>
          <dd>${nt("{count} byte read", "{count} bytes read", total)} · ${t("found: {count}", { count: number(left) })}</dd>
        </div>
      </dl>
    </div>
    ${own.length > 0 && html`<p class="small">${t("Paths and notes are your own words. They are not changed.")}</p>`}
    ${shared > 0 &&
    html`<p class="small">${nt(
      "{count} face stays, because it is found to be another known person's too.",
      "{count} faces stay, because they are found to be another known person's too.",
      shared,
    )}</p>`}
    <div class="row">
      <button onclick=${() => save(receipt)}>${icon("download")}${t("Save the receipt")}</button>
      <a class="button primary" href=${link("held")}>${t("Back to what is held")}</a>
    </div>
  </section>`;
}

function nothingLeft(name, own) {
  if (!own.length) return t("{name} is forgotten. Nothing was left.", { name });
  return t("{name} is forgotten. Nothing was left, except {places}.", { name, places: listed(own) });
}

/** The receipt as a file; it names nobody. */
function save({ at, searched_for, searched, left, named_in }) {
  const receipt = { at, searched_for, searched, left, named_in };
  const address = URL.createObjectURL(new Blob([JSON.stringify(receipt, null, 2)], { type: "application/json" }));
  html`<a href=${address} download="receipt.json"></a>`.click();
  URL.revokeObjectURL(address);
}
