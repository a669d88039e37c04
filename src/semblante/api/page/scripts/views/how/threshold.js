/** The decision line: faces by the neuron's sum; a slider moves the line, and precision and recall follow. */

import { html, render, svg } from "../../html.js";
import { sigmoid } from "../../neuron_curve.js";
import { decimal, number, oneIn, percent, probability, t } from "../../texts.js";

const WIDTH = 640;
const HEIGHT = 220;
const EDGE = { left: 14, right: 14, top: 14, bottom: 44 };
const BINS = 48;

/** `heldOut` is what GET /people/ID/held-out gives; `sum` that of the face that is shown, if there is one. */
export function thresholdFigure({ thresholds, faces, strangers }, sum) {
  const own = faces.filter(({ role }) => role === "me").map(({ logit }) => logit);
  const others = [...faces.filter(({ role }) => role !== "me").map(({ logit }) => logit), ...strangers.logits];
  const shareOf = (logit) => sigmoid(thresholds.slope * logit + thresholds.offset);
  const line = (Math.log(thresholds.yes_above / (1 - thresholds.yes_above)) - thresholds.offset) / thresholds.slope;
  const all = [...own, ...others, line, sum ?? line];
  const range = { low: Math.min(...all), high: Math.max(...all) };
  const draw = plotOf({ own, others, range, shareOf, sum });
  const plot = html`<div></div>`;
  const figures = html`<dl class="figures"></dl>`;
  const slider = html`<input id="threshold" type="range" min=${range.low} max=${range.high} step="any" value=${line}>`;
  slider.step = (range.high - range.low) / 200;
  slider.value = line;
  const said = html`<output class="small" for="threshold"></output>`;
  const move = () => {
    const threshold = Number(slider.value);
    const found = own.filter((logit) => logit > threshold).length;
    const wrong = others.filter((logit) => logit > threshold).length;
    said.textContent = t("Yes above a sum of {sum}: a probability of {share}", { sum: decimal(threshold), share: probability(shareOf(threshold)) });
    slider.setAttribute("aria-valuetext", said.textContent);
    render(plot, draw(threshold));
    render(
      figures,
      figure(t("Precision"), found + wrong ? percent(found / (found + wrong), 1) : "–", t("of those who get a yes, so many are the person")),
      figure(t("Recall"), percent(found / Math.max(1, own.length), 1), t("of the person's own photos, so many get a yes")),
      figure(t("Wrong yeses"), number(wrong), wrong ? t("{rate} strangers", { rate: oneIn(wrong / others.length) }) : t("of {count} strangers", { count: number(others.length) })),
    );
  };
  slider.addEventListener("input", move);
  move();
  return html`<figure class="stack">
    <h3>${t("The decision line")}</h3>
    ${plot}
    <div class="field wide">
      <label for="threshold">${t("Move the line")}</label>
      ${slider} ${said}
    </div>
    ${figures}
    <figcaption class="small quiet">${t("Faces that the neuron had not seen when it was judged. Moving the line here changes nothing but this picture.")}</figcaption>
  </figure>`;
}

function figure(title, value, meaning) {
  return html`<div><dt>${title}</dt><dd>${value}</dd><dd class="note">${meaning}</dd></div>`;
}

/** A function that draws both classes as bars over the sum, each as a share of its own, the curve and the line. */
function plotOf({ own, others, range: { low, high }, shareOf, sum }) {
  const bottom = HEIGHT - EDGE.bottom;
  const width = (WIDTH - EDGE.left - EDGE.right) / BINS;
  const across = (logit) => EDGE.left + ((logit - low) / (high - low || 1)) * (WIDTH - EDGE.left - EDGE.right);
  const down = (share) => bottom - share * (bottom - EDGE.top);
  const bars = (kind, logits) => {
    const counts = Array(BINS).fill(0);
    for (const logit of logits) counts[Math.min(BINS - 1, Math.floor(((logit - low) / (high - low || 1)) * BINS))] += 1;
    const most = Math.max(1, ...counts);
    // Roots, so that a single stranger far to the right is seen beside thousands.
    return counts.map((count, place) => {
      const height = 0.8 * Math.sqrt(count / most) * (bottom - EDGE.top);
      return count > 0 && svg`<rect class=${kind} x=${EDGE.left + place * width + 1} width=${width - 2} y=${bottom - height} height=${height}></rect>`;
    });
  };
  const path = Array.from({ length: 81 }, (_, point) => {
    const logit = low + (point / 80) * (high - low);
    return `${point ? "L" : "M"}${across(logit).toFixed(1)} ${down(shareOf(logit)).toFixed(1)}`;
  }).join("");
  return (threshold) => html`<div class="stack tight">
    <svg class="bars" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${t("How the person's faces and those of strangers are spread over the sum")}>
      ${bars("strangers", others)} ${bars("own", own)}
      <path class="curve" d=${path}></path>
      <line class="axis" x1=${EDGE.left} x2=${WIDTH - EDGE.right} y1=${bottom} y2=${bottom}></line>
      <line class="mark" x1=${across(threshold)} x2=${across(threshold)} y1=${EDGE.top / 2} y2=${bottom + 6}></line>
      ${sum !== undefined && svg`<circle class="shown" cx=${across(sum)} cy=${down(shareOf(sum))} r="7"></circle>`}
      <text class="middle" x=${WIDTH / 2} y=${HEIGHT - 8}>${t("sum of weights times numbers")}</text>
    </svg>
    <ul role="list" class="legend">
      <li class="key-own">${t("this person")}</li>
      <li class="key-strangers">${t("strangers")}</li>
      ${sum !== undefined && html`<li class="key-shown">${t("the face above")}</li>`}
    </ul>
  </div>`;
}
