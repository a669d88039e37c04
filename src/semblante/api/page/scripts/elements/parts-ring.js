/** A ring of parts, each filled as far as it is done; the words beside it say the same. */

import { html, render, svg } from "../html.js";
import { percent, t } from "../texts.js";

const RADIUS = 44;
const GAP = 0.05;

function arc(from, to) {
  const at = (turn) => {
    const angle = 2 * Math.PI * turn - Math.PI / 2;
    return `${(50 + RADIUS * Math.cos(angle)).toFixed(2)} ${(50 + RADIUS * Math.sin(angle)).toFixed(2)}`;
  };
  return `M${at(from)}A${RADIUS} ${RADIUS} 0 ${to - from > 0.5 ? 1 : 0} 1 ${at(to)}`;
}

export class PartsRing extends HTMLElement {
  /** Parts `{ label, share, hint }`; `share` goes from 0 to 1. */
  set parts(parts) {
    const done = parts.reduce((sum, { share }) => sum + Math.min(1, share), 0) / parts.length;
    const arcs = parts.map(({ share }, place) => {
      const from = place / parts.length + GAP / 2;
      const whole = 1 / parts.length - GAP;
      const filled = Math.min(1, share) * whole;
      return [
        svg`<path class="ground" d=${arc(from, from + whole)}></path>`,
        filled > 0.002 && svg`<path class="filled" d=${arc(from, from + filled)}></path>`,
      ];
    });
    render(
      this,
      html`<svg viewBox="0 0 100 100" role="img" aria-label=${t("{share} ready", { share: percent(done) })}>
        ${arcs}
        <text x="50" y="57">${percent(done)}</text>
      </svg>`,
      html`<ul role="list">
        ${parts.map(
          ({ label, share, hint }) => html`<li class=${share >= 1 ? "done" : null}>
            <span>${label}</span>
            ${share < 1 && hint && html`<small>${hint}</small>`}
            ${share >= 1 && html`<span class="spoken">${t("done")}</span>`}
          </li>`,
        )}
      </ul>`,
    );
  }
}
