/** The 40 attributes of a face, the surest first, each with what is known of its labels. */

import { html } from "../html.js";
import { percent, probability, t } from "../texts.js";

const sigmoid = (logit) => 1 / (1 + Math.exp(-logit));

/** Attributes `{ label, logit, doubt }` as bars; `accuracy` is shown where it is given. */
export function attributeList(attributes) {
  return html`<ul role="list" class="attributes">
    ${attributes.map(
      ({ label, logit, doubt, accuracy }) => html`<li>
        <div class="meter">
          <span>${label}</span>
          <span class="number">${probability(sigmoid(logit))}</span>
          <span class="track" aria-hidden="true"><i style=${{ width: `${100 * sigmoid(logit)}%` }}></i></span>
          ${Number.isFinite(accuracy) && html`<span class="quiet">${t("right in {share}", { share: percent(accuracy) })}</span>`}
        </div>
        ${doubt && html`<small class="quiet">${doubt.detail}</small>`}
      </li>`,
    )}
  </ul>`;
}
