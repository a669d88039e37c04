/** What the page says between the lines: problems, empty places, questions in a dialog, toasts with an undo. */

import { html, icon, render } from "./html.js";
import { t } from "./texts.js";
import { reload } from "./view.js";

const TOAST_MS = 7000;

/** A problem where the view or a part of it would be. */
export function problemNotice(error) {
  return html`<div class="notice danger" role="alert">
    ${icon("warn")}
    <strong><span class="sentence">${error.detail ?? error.message}</span></strong>
  </div>`;
}

/** A notice of some kind: "" (plain), "good" or "warn". */
export function notice(kind, symbol, ...content) {
  return html`<div class=${`notice ${kind}`}>${icon(symbol)}<div class="stack tight">${content}</div></div>`;
}

/** What stands where nothing is yet: what will be here, and how to begin. */
export function emptyState(symbol, title, text, ...actions) {
  return html`<div class="empty">
    ${icon(symbol)}
    <h2>${title}</h2>
    <p>${text}</p>
    <div class="row">${actions}</div>
  </div>`;
}

/** Says what has been done, for some seconds; with `undo`, a button takes it back. */
export function toast(text, undo) {
  const shown = html`<div class="toast"><span class="sentence">${text}</span></div>`;
  const close = () => shown.remove();
  if (undo) {
    const button = html`<button>${t("Undo")}</button>`;
    button.addEventListener("click", () => {
      close();
      attempt(undo);
    });
    shown.append(button);
  } else {
    shown.append(html`<span class="spoken">.</span>`);
  }
  // Behind an open dialog nothing can be pressed: what is said then is said in it.
  (document.querySelector("dialog[open] .toasts") ?? document.getElementById("toasts")).append(shown);
  let timer = setTimeout(close, TOAST_MS);
  shown.addEventListener("pointerenter", () => clearTimeout(timer));
  shown.addEventListener("focusin", () => clearTimeout(timer));
  shown.addEventListener("pointerleave", () => (timer = setTimeout(close, TOAST_MS)));
}

/** Says a problem in a toast; where the library is locked or the session is over, the view says so. */
function sayProblem(error) {
  if (error.name === "AbortError") return;
  if ([401, 423].includes(error.status)) reload();
  else toast(error.detail ?? error.message);
}

/** Does something; a problem is said. Gives whether it was done. */
export async function attempt(action) {
  try {
    await action();
    return true;
  } catch (error) {
    sayProblem(error);
    return false;
  }
}

/** While `action` runs the button is off, so that nothing is done twice. */
export async function whileOff(button, action) {
  button.disabled = true;
  try {
    return await attempt(action);
  } finally {
    button.disabled = false;
  }
}

/**
 * Asks in a dialog. `actions` are `{ label, value, kind }`; gives the value of the one that was chosen together with
 * the fields of the content's form, or null where the dialog was closed. With `act`, the dialog stays open until
 * `act(fields, value)` is done; a problem is said in it, and may be mended there.
 */
export function ask({ title, content, actions, wide = false, act }) {
  return new Promise((resolve) => {
    const dialog = html`<dialog class=${wide ? "wide" : null} aria-labelledby="dialog-title">
      <form method="dialog" class="stack">
        <h2 id="dialog-title">${title}</h2>
        ${content}
        <div class="problem" aria-live="assertive"></div>
        <div class="actions">
          <button value="" formnovalidate>${t("Cancel")}</button>
          ${actions.map(({ label, value, kind }) => html`<button value=${value} class=${kind ?? "primary"}>${label}</button>`)}
        </div>
      </form>
    </dialog>`;
    const form = dialog.querySelector("form");
    const fieldsNow = () => Object.fromEntries(new FormData(form));
    form.addEventListener("submit", async (event) => {
      const { submitter } = event;
      if (!act || !submitter?.value) return;
      event.preventDefault();
      submitter.disabled = true;
      try {
        await act(fieldsNow(), submitter.value);
        dialog.close(submitter.value);
      } catch (error) {
        render(form.querySelector(".problem"), problemNotice(error));
      } finally {
        submitter.disabled = false;
      }
    });
    dialog.addEventListener("close", () => {
      const fields = fieldsNow();
      dialog.remove();
      resolve(dialog.returnValue ? { value: dialog.returnValue, fields } : null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Closes what is open over the view, as its close button does: it belongs to the view. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}

/** A dialog that only shows something. */
export function showDialog(title, content, { wide = false } = {}) {
  const dialog = html`<dialog class=${wide ? "wide" : null} aria-labelledby="dialog-title">
    <form method="dialog" class="stack">
      <div class="row spread">
        <h2 id="dialog-title">${title}</h2>
        <button class="round plain" aria-label=${t("Close")}>${icon("cross")}</button>
      </div>
    </form>
    ${content}
    <div class="toasts" role="status" aria-live="polite"></div>
  </dialog>`;
  dialog.addEventListener("close", () => {
    document.getElementById("toasts").append(...dialog.querySelectorAll(".toast"));
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
