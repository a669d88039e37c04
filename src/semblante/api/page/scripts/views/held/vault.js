/** The passphrase: set, changed, and the library locked. What its loss means is said before. */

import { post, put } from "../../api.js";
import { html, icon } from "../../html.js";
import { ask, attempt, notice, toast } from "../../notices.js";
import { nt, t } from "../../texts.js";
import { reload } from "../../view.js";

const MIN_LENGTH = 8;

export function vaultCard({ encrypted, auto_lock_minutes: minutes }) {
  return html`<section class="card stack">
    <div class="row">${icon("lock")}<h2>${t("Passphrase")}</h2></div>
    ${encrypted
      ? html`<p>
          ${t("The index and the pictures of faces are encrypted.")}
          ${nt("They are locked after {count} minute without use.", "They are locked after {count} minutes without use.", minutes)}
        </p>`
      : html`<p>${t("The index is not encrypted: whoever can open your files can read it. A passphrase changes that.")}</p>`}
    <div class="row">
      ${encrypted
        ? [
            html`<button class="primary" onclick=${lock}>${t("Lock now")}</button>`,
            html`<button onclick=${() => setPassphrase(true)}>${t("Change the passphrase")}</button>`,
          ]
        : html`<button class="primary" onclick=${() => setPassphrase(false)}>${t("Set a passphrase")}</button>`}
    </div>
  </section>`;
}

const lock = () =>
  attempt(async () => {
    await post("/vault/lock");
    reload();
  });

async function setPassphrase(isChange) {
  const answer = await ask({
    title: isChange ? t("Change the passphrase") : t("Set a passphrase"),
    content: html`<div class="stack">
      ${notice(
        "warn",
        "warn",
        html`<strong>${t("A lost passphrase loses everything.")}</strong>`,
        t("Nobody can restore it, and there is no second way in. Write it down where you will find it."),
      )}
      ${isChange && passphraseField("current", t("Current passphrase"), "current-password")}
      ${passphraseField("passphrase", t("New passphrase"), "new-password")}
      ${passphraseField("again", t("Once more"), "new-password")}
    </div>`,
    actions: [{ label: isChange ? t("Change") : t("Encrypt"), value: "set" }],
  });
  if (!answer) return;
  const { current, passphrase, again } = answer.fields;
  if (passphrase !== again) {
    toast(t("The two were not the same; nothing has changed."));
    return;
  }
  await attempt(async () => {
    await put("/vault", isChange ? { current, passphrase } : { passphrase });
    toast(isChange ? t("The new passphrase holds from now on.") : t("Everything is encrypted now."));
    reload();
  });
}

function passphraseField(name, label, autocomplete) {
  return html`<div class="field">
    <label for=${`vault-${name}`}>${label}</label>
    <input id=${`vault-${name}`} name=${name} type="password" required minlength=${MIN_LENGTH} autocomplete=${autocomplete}>
  </div>`;
}
