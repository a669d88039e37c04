/** The page's way in: the launch token behind its address is exchanged, once, for a cookie that no script can read. */

import { post } from "./api.js";
import { html } from "./html.js";
import { emptyState } from "./notices.js";
import { t } from "./texts.js";

const LAUNCH = /^#launch=(.+)$/;

/** Begins a session where the address brings a token, and takes the token out of the address and the history. */
export async function beginSession() {
  const [, token] = LAUNCH.exec(location.hash) ?? [];
  if (!token) return;
  history.replaceState(null, "", "#/teach");
  await post("/session", { token });
}

/** What is seen without a session. */
export function signedOutView() {
  return html`<div class="view">
    ${emptyState("lock", t("Please open this page through Semblante"), t("So that nobody else on this computer can look in, the page is opened by the command “semblante app”. Close this tab and start it again."))}
  </div>`;
}
