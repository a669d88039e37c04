/** What is held: everything kept of each person, the passphrase, and the ways to erase it. */

import { exportOf, get, postForm } from "../api.js";
import { html, icon } from "../html.js";
import { emptyState, toast, whileOff } from "../notices.js";
import { consentLine, portrait } from "../people.js";
import { link } from "../router.js";
import { bytes, moment, number, t } from "../texts.js";
import { reload } from "../view.js";
import { eraseEverything } from "./held/erase.js";
import forgetView from "./held/forget.js";
import { vaultCard } from "./held/vault.js";

export default async function held({ path, signal }) {
  if (path[0] === "forget" && path[1]) return forgetView(path[1], signal);
  const [holdings, vault] = await Promise.all([get("/holdings", {}, signal), get("/vault", {}, signal)]);
  const { people, files, folder, total_bytes: total } = holdings;
  return html`<div class="view">
    <header>
      <h1>${t("What is held")}</h1>
      <p>${t("Everything that Semblante keeps is in one folder of this computer. Here it is, to the byte.")}</p>
      <p><code>${folder}</code></p>
    </header>
    <dl class="figures">
      ${figure(bytes(total), t("in all"))}
      ${figure(number(people.length), t("people"))}
      ${figure(number(holdings.photos), t("photos known, not copied"))}
      ${figure(number(holdings.faces), t("faces described by numbers"))}
    </dl>
    <section class="stack">
      <div class="row spread"><h2>${t("Of each person")}</h2>${importButton()}</div>
      ${people.length
        ? html`<ul role="list" class="stack">${people.map(personCard)}</ul>`
        : emptyState("shield", t("Nothing of anybody"), t("Nobody was taught, so nothing is kept of anybody."))}
    </section>
    <section class="stack">
      <h2>${t("The files")}</h2>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("The files")}>${fileTable(files)}</div>
    </section>
    ${vaultCard(vault)}
    ${eraseEverything(total, vault.encrypted)}
  </div>`;
}

function figure(value, meaning) {
  return html`<div><dt>${meaning}</dt><dd>${value}</dd></div>`;
}

/** A person comes back from the zip that an export gave. */
function importButton() {
  const chosen = html`<input type="file" accept=".zip,application/zip" hidden>`;
  const button = html`<button onclick=${() => chosen.click()}>${icon("upload")}${t("Import a person")}</button>`;
  chosen.addEventListener("change", () =>
    whileOff(button, async () => {
      const form = new FormData();
      form.append("file", chosen.files[0]);
      chosen.value = "";
      const { name } = await postForm("/people/import", form);
      toast(t("{name} is known now.", { name }));
      reload();
    }),
  );
  return html`<div>${button}${chosen}</div>`;
}

function personCard({ id, name, face, consent, kept, bytes: size }) {
  return html`<li class="card stack">
    <div class="row spread">
      <div class="row">
        ${portrait({ name, face })}
        <div class="stack tight">
          <h3>${name}</h3>
          <span class="small quiet">${consentLine(consent)}</span>
        </div>
      </div>
      <div class="row">
        <a class="button" href=${exportOf(id)} download>${icon("download")}${t("Export")}</a>
        <a class="button" href=${link("held", "forget", id)}>${icon("bin")}${t("Forget")}</a>
      </div>
    </div>
    <details>
      <summary>${t("What exactly ({size})", { size: bytes(size) })}</summary>
      <ul>${kept.map(keptLine)}</ul>
    </details>
  </li>`;
}

function keptLine({ title, count, since }) {
  const when = since ? ` · ${t("since {when}", { when: moment(since) })}` : "";
  return html`<li>${title}: ${number(count)}${when}</li>`;
}

function fileTable(files) {
  return html`<table class="stacking">
    <thead><tr><th>${t("File")}</th><th>${t("What it holds")}</th><th>${t("Changed")}</th><th class="number">${t("Size")}</th></tr></thead>
    <tbody>
      ${files.map(({ name, title, changed_at: changed, bytes: size }) => html`<tr>
        <td><code>${name}</code></td><td>${title}</td><td>${moment(changed)}</td><td class="number">${bytes(size)}</td>
      </tr>`)}
    </tbody>
  </table>`;
}
