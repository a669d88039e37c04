/** The passphrase: set, changed, taken off; the library locked, now or by itself. What its loss means is said before. */

import { patch, post, postSecret, put } from "../../api.js";
import { html, icon } from "../../html.js";
import { ask, attempt, notice, toast } from "../../notices.js";
import { duration, t } from "../../texts.js";
import { atLeast } from "../../validity.js";
import { reload } from "../../view.js";

const MIN_LENGTH = 8;
const MINUTES = [1, 5, 15, 30, 60, 240, 1440];

export function vaultCard({ encrypted, auto_lock_minutes: minutes }) {
  return html`<section class="card stack">
    <div class="row">${icon("lock")}<h2>${t("Passphrase")}</h2></div>
    ${encrypted
      ? html`<p>${t("The index and the pictures of faces are encrypted.")}</p>`
      : html`<p>${t("The index is not encrypted: whoever can open your files can read it. A passphrase changes that.")}</p>`}
    ${encrypted && autoLock(minutes)}
    <div class="row">
      ${encrypted
        ? [
            html`<button class="primary" onclick=${lock}>${t("Lock now")}</button>`,
            html`<button onclick=${change}>${t("Change the passphrase")}</button>`,
            html`<button onclick=${decrypt}>${t("Take the passphrase off")}</button>`,
          ]
        : html`<button class="primary" onclick=${encrypt}>${t("Set a passphrase")}</button>`}
    </div>
  </section>`;
}

function autoLock(chosen) {
  const choices = [...new Set([...MINUTES, chosen])].sort((one, other) => one - other);
  const choose = ({ target }) =>
    attempt(async () => {
      await patch("/vault", { auto_lock_minutes: Number(target.value) });
      toast(t("From now on it locks itself after {time} without use.", { time: duration(60 * target.value) }));
    });
  return html`<div class="field">
    <label for="auto-lock">${t("Locks itself without use after")}</label>
    <select id="auto-lock" onchange=${choose}>
      ${choices.map((each) => html`<option value=${each} selected=${each === chosen}>${duration(60 * each)}</option>`)}
    </select>
  </div>`;
}

const lock = () =>
  attempt(async () => {
    await post("/vault/lock");
    reload();
  });

/** Asks for passphrases in a dialog that stays open until `act` has taken them. */
async function askFor({ title, action, warning, isNew, needsCurrent, act, said }) {
  const content = html`<div class="stack" oninput=${isNew ? compare : null}>
    ${warning}
    <input autocomplete="username" value="Semblante" hidden readonly>
    ${needsCurrent && passphraseField("current", t("Current passphrase"), "current-password")}
    ${isNew && [passphraseField("passphrase", t("New passphrase"), "new-password", atLeast(MIN_LENGTH)), passphraseField("again", t("Once more"), "new-password")]}
    <label class="row"><input type="checkbox" onchange=${show}>${t("Show what is typed")}</label>
  </div>`;
  if (!(await ask({ title, content, actions: [{ label: action, value: "go" }], act }))) return;
  toast(said);
  reload();
}

const lossWarning = () =>
  notice(
    "warn",
    "warn",
    html`<strong>${t("A lost passphrase loses everything.")}</strong>`,
    t("Nobody can restore it, and there is no second way in. Write it down where you will find it."),
  );

const encrypt = () =>
  askFor({
    title: t("Set a passphrase"),
    action: t("Encrypt"),
    warning: lossWarning(),
    isNew: true,
    act: ({ passphrase }) => put("/vault", { passphrase }),
    said: t("Everything is encrypted now."),
  });

const change = () =>
  askFor({
    title: t("Change the passphrase"),
    action: t("Change"),
    warning: lossWarning(),
    isNew: true,
    needsCurrent: true,
    act: ({ current, passphrase }) => put("/vault", { current, passphrase }),
    said: t("The new passphrase holds from now on."),
  });

const decrypt = () =>
  askFor({
    title: t("Take the passphrase off?"),
    action: t("Take it off"),
    warning: html`<p>${t("The index is then as plain as other files: whoever can open your files can read it.")}</p>`,
    needsCurrent: true,
    act: ({ current }) => postSecret("/vault/decrypt", { passphrase: current }),
    said: t("The index is not encrypted any more."),
  });

function passphraseField(name, label, autocomplete, hint) {
  const least = autocomplete === "new-password" ? MIN_LENGTH : null;
  return html`<div class="field">
    <label for=${`vault-${name}`}>${label}</label>
    <input id=${`vault-${name}`} name=${name} type="password" required minlength=${least} autocomplete=${autocomplete} aria-describedby=${hint && `vault-${name}-hint`}>
    ${hint && html`<span class="hint" id=${`vault-${name}-hint`}>${hint}</span>`}
  </div>`;
}

/** The new passphrase is typed twice; the second must be the same. */
function compare({ currentTarget }) {
  const [first, again] = ["passphrase", "again"].map((name) => currentTarget.querySelector(`[name=${name}]`));
  again.setCustomValidity(first.value === again.value ? "" : t("The two are not the same."));
}

function show({ target }) {
  for (const field of target.closest("form").querySelectorAll("[name]")) field.type = target.checked ? "text" : "password";
}
