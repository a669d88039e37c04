/** The neuron's curve from the sum of its products to a probability, with the faces on it and the two lines. */

import { html, svg } from "./html.js";
import { percent, t } from "./texts.js";

const WIDTH = 640;
const HEIGHT = 300;
const EDGE = { left: 72, right: 14, top: 14, bottom: 40 };
const POINTS = 80;
const MAX_DOTS = 200;

export const sigmoid = (value) => 1 / (1 + Math.exp(-value));

/** `faces` are `{ role, logit }` of the person (me) and of others; `strangers` has the logits of strangers, in order. */
export function neuronCurve({ thresholds: { slope, offset, yes_above: yes, no_below: no }, faces, strangers }) {
  const logits = someOf(strangers.logits);
  const all = [...faces.map(({ logit }) => logit), ...logits];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const margin = 0.05 * (high - low || 1);
  const across = (logit) => EDGE.left + ((logit - low + margin) / (high - low + 2 * margin)) * (WIDTH - EDGE.left - EDGE.right);
  const down = (share) => HEIGHT - EDGE.bottom - share * (HEIGHT - EDGE.top - EDGE.bottom);
  const at = (logit) => sigmoid(slope * logit + offset);
  const curve = Array.from({ length: POINTS + 1 }, (_, place) => {
    const logit = low - margin + (place / POINTS) * (high - low + 2 * margin);
    return `${place ? "L" : "M"}${across(logit).toFixed(1)} ${down(at(logit)).toFixed(1)}`;
  });
  const line = (share, words) => svg`<line class="grid" x1=${EDGE.left} x2=${WIDTH - EDGE.right} y1=${down(share)} y2=${down(share)}></line>
    <text class="tick end" x=${EDGE.left - 8} y=${down(share) + 5}>${percent(share)}</text>
    <text class="tick" x=${EDGE.left + 8} y=${down(share) - 6}>${words}</text>`;
  const dot = (kind, logit) => svg`<circle class=${kind} cx=${across(logit)} cy=${down(at(logit))} r=${kind === "stranger" ? 3 : 6}></circle>`;
  const others = faces.filter(({ role }) => role !== "me");
  return html`<figure class="stack">
    <h3>${t("The neuron's curve")}</h3>
    <svg class="neuron" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${t("The person's faces lie high on the curve, those of strangers low")}>
      ${line(yes, t("yes above this line"))} ${line(no, t("no below this line"))}
      <line class="axis" x1=${EDGE.left} x2=${WIDTH - EDGE.right} y1=${down(0)} y2=${down(0)}></line>
      <path class="curve" d=${curve.join("")}></path>
      ${logits.map((logit) => dot("stranger", logit))} ${others.map(({ logit }) => dot("other", logit))}
      ${faces.filter(({ role }) => role === "me").map(({ logit }) => dot("own", logit))}
      <text class="title middle" x=${WIDTH / 2} y=${HEIGHT - 8}>${t("sum of weights times numbers")}</text>
    </svg>
    <ul role="list" class="legend">
      <li class="key-own">${t("this person")}</li>
      ${others.length > 0 && html`<li class="key-other">${t("others in the photos")}</li>`}
      <li class="key-strangers">${t("strangers")}</li>
    </ul>
    <figcaption class="small quiet">${t("Each of these faces was judged by a neuron that had not seen it.")}</figcaption>
  </figure>`;
}

/** At most `MAX_DOTS` of them, evenly from the first to the last. */
function someOf(logits) {
  const count = Math.min(logits.length, MAX_DOTS);
  return Array.from({ length: count }, (_, place) => logits[Math.round((place * (logits.length - 1)) / Math.max(1, count - 1))]);
}
