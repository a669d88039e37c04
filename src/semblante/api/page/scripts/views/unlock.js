/** The place of a locked library: the passphrase opens it. */

import { post } from "../api.js";
import { html, icon } from "../html.js";
import { whileOff } from "../notices.js";
import { t } from "../texts.js";

/** The form; `opened()` is called once the library is open. */
export function unlockView(opened) {
  const submit = html`<button class="primary">${t("Unlock")}</button>`;
  const unlock = async (event) => {
    event.preventDefault();
    const { passphrase } = Object.fromEntries(new FormData(event.target));
    if (await whileOff(submit, () => post("/vault/unlock", { passphrase }))) opened();
  };
  return html`<div class="view">
    <div class="empty">
      ${icon("lock")}
      <h1>${t("The library is locked")}</h1>
      <p>${t("What Semblante holds is encrypted. Your passphrase opens it.")}</p>
      <form class="stack" onsubmit=${unlock}>
        <div class="field">
          <label for="passphrase">${t("Passphrase")}</label>
          <input id="passphrase" name="passphrase" type="password" required autocomplete="current-password">
        </div>
        <div class="row">${submit}</div>
      </form>
    </div>
  </div>`;
}
