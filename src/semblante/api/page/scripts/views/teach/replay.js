/** Learning, step by step: the faces part along the curve as the weights change; a slider goes back and forth. */

import { thumbnail } from "../../api.js";
import { html, icon, render, svg } from "../../html.js";
import { sigmoid } from "../../neuron_curve.js";
import { decimal, number, probability, t } from "../../texts.js";

const WIDTH = 640;
const HEIGHT = 250;
const EDGE = { left: 20, right: 20, top: 16, bottom: 34 };
const POINTS = 80;
const STEP_MS = 90;
const MAX_PHOTOS = 12;
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");

/** `steps` are the events of the lesson's job, in order; `taught` the faces that their `positives` are about. */
export function replay(steps, taught) {
  const draw = curveOf(steps);
  const plot = html`<div></div>`;
  const photos = leastSure(steps.at(-1).positives).map((place) => photoOf(taught[place], place));
  const said = html`<output for="lesson-step"></output>`;
  const slider = html`<input id="lesson-step" type="range" aria-label=${t("Step")} min="0" max=${steps.length - 1} step="1">`;
  const play = html`<button class="round"></button>`;
  let timer = 0;
  const show = (at) => {
    const { step, steps: all, loss, positives } = steps[at];
    slider.value = at;
    said.textContent = t("Step {step} of {all}: the loss is {loss}", { step: number(step), all: number(all), loss: decimal(loss, 3) });
    slider.setAttribute("aria-valuetext", said.textContent);
    render(plot, draw(steps[at]));
    for (const { chip, place } of photos) chip.textContent = probability(sigmoid(positives[place]));
  };
  const label = (symbol, words) => {
    render(play, icon(symbol));
    play.ariaLabel = words;
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    label("play", t("Play"));
  };
  const start = () => {
    show(0);
    label("pause", t("Pause"));
    timer = setInterval(() => {
      const next = Number(slider.value) + 1;
      if (next >= steps.length || !slider.isConnected) return stop();
      return show(next);
    }, STEP_MS);
  };
  play.addEventListener("click", () => (timer ? stop() : start()));
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  stop();
  show(steps.length - 1);
  if (!STILL.matches) start();
  return html`<figure class="stack">
    <h3>${t("The neuron as it learnt")}</h3>
    ${plot}
    <div class="player">${play}${slider}</div>
    <p class="small" aria-live="off">${said}</p>
    <ul role="list" class="samples small-ones">${photos.map(({ element }) => element)}</ul>
    <figcaption class="small quiet">
      ${t("At first it knows nothing: every face gets one half. These are the faces it trains on; below, it is judged by faces it had not seen.")}
    </figcaption>
  </figure>`;
}

/** The places of the photos that it is least sure of in the end, the least sure first. */
function leastSure(logits) {
  return logits.map((_, place) => place).toSorted((a, b) => logits[a] - logits[b]).slice(0, MAX_PHOTOS);
}

function photoOf(face, place) {
  const chip = html`<span class="chip"></span>`;
  const element = html`<li class="sample"><img class="thumb" src=${thumbnail(face)} alt="">${chip}</li>`;
  return { element, chip, place };
}

/** A function that draws a step: each face on the curve, at the sum that the neuron gives it. */
function curveOf(steps) {
  const all = steps.flatMap(({ positives, negatives }) => [...positives, ...negatives]);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const across = (logit) => EDGE.left + ((logit - low) / (high - low || 1)) * (WIDTH - EDGE.left - EDGE.right);
  const down = (share) => HEIGHT - EDGE.bottom - share * (HEIGHT - EDGE.top - EDGE.bottom);
  const path = Array.from({ length: POINTS + 1 }, (_, point) => {
    const logit = low + (point / POINTS) * (high - low);
    return `${point ? "L" : "M"}${across(logit).toFixed(1)} ${down(sigmoid(logit)).toFixed(1)}`;
  }).join("");
  const dot = (kind, radius) => (logit) => svg`<circle class=${kind} cx=${across(logit)} cy=${down(sigmoid(logit))} r=${radius}></circle>`;
  return ({ positives, negatives }) => html`<div class="stack tight">
    <svg class="neuron" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${t("The person's faces go up the curve, those of strangers down")}>
      <line class="axis" x1=${EDGE.left} x2=${WIDTH - EDGE.right} y1=${down(0)} y2=${down(0)}></line>
      <path class="curve" d=${path}></path>
      ${negatives.map(dot("stranger", 3.5))} ${positives.map(dot("own", 6))}
      <text class="title middle" x=${WIDTH / 2} y=${HEIGHT - 8}>${t("sum of weights times numbers")}</text>
    </svg>
    <ul role="list" class="legend"><li class="key-own">${t("this person")}</li><li class="key-strangers">${t("strangers")}</li></ul>
  </div>`;
}
