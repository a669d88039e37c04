/** The place of a locked library: the passphrase opens it. */

import { postSecret } from "../api.js";
import { html, icon, render } from "../html.js";
import { problemNotice } from "../notices.js";
import { t } from "../texts.js";

/** The form; `opened()` is called once the library is open. */
export function unlockView(opened) {
  const submit = html`<button class="primary">${t("Unlock")}</button>`;
  const problem = html`<div aria-live="assertive"></div>`;
  const unlock = async (event) => {
    event.preventDefault();
    const field = event.target.elements.passphrase;
    submit.disabled = true;
    try {
      await postSecret("/vault/unlock", { passphrase: field.value });
      opened();
    } catch (error) {
      render(problem, problemNotice(error));
      field.select();
    } finally {
      submit.disabled = false;
    }
  };
  return html`<div class="view">
    <div class="empty">
      ${icon("lock")}
      <h1>${t("The library is locked")}</h1>
      <p>${t("What Semblante holds is encrypted. Your passphrase opens it.")}</p>
      <form class="stack unlock" onsubmit=${unlock}>
        <input autocomplete="username" value="Semblante" hidden readonly>
        <div class="field">
          <label for="passphrase">${t("Passphrase")}</label>
          <input id="passphrase" name="passphrase" type="password" required autofocus autocomplete="current-password">
        </div>
        ${problem}
        ${submit}
      </form>
    </div>
  </div>`;
}
