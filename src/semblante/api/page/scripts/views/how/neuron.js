/** Part 5: one neuron: its weights on this face, the decision line, and what moving the threshold changes. */

import { get } from "../../api.js";
import { html, render, svg } from "../../html.js";
import { sigmoid } from "../../neuron_curve.js";
import { link } from "../../router.js";
import { decimal, number, oneIn, percent, probability, t } from "../../texts.js";
import { attempt } from "../../notices.js";
import { chapter } from "./chapter.js";

const WIDTH = 640;

export function neuronChapter(people, wanted, chosen, signal) {
  const learnt = people.filter((person) => person.is_learnt);
  const shown = html`<div class="stack loose"></div>`;
  const state = { neuron: null, lesson: null, embedding: null };
  const draw = () => state.neuron && render(shown, neuronView(state));
  chosen.addEventListener("face", ({ detail: { face: { embedding } } }) => {
    state.embedding = embedding;
    draw();
  });
  const choose = (id) =>
    attempt(async () => {
      const [neuron, lesson] = await Promise.all([get(`/people/${id}/neuron`, {}, signal), get(`/people/${id}/lessons`, {}, signal)]);
      Object.assign(state, { neuron, lesson });
      draw();
    });
  const first = learnt.find(({ id }) => id === wanted) ?? learnt[0];
  if (first) choose(first.id);
  return chapter(
    5,
    t("One neuron learns one person"),
    [
      t("The network also turns a face into a list of numbers, its embedding. Faces of one person get similar lists. The neuron multiplies each number by a weight and sums: above the line it says yes, below it says no."),
    ],
    learnt.length
      ? html`<div class="field">
          <label for="neuron-person">${t("Whose neuron")}</label>
          <select id="neuron-person" onchange=${(event) => choose(event.target.value)}>
            ${learnt.map(({ id, name }) => html`<option value=${id} selected=${id === first.id}>${name}</option>`)}
          </select>
        </div>`
      : html`<p class="quiet">
          ${t("Nobody was taught yet, so there is no neuron to show.")}
          <a href=${link("teach", "new")}>${t("Teach a face")}</a>
        </p>`,
    shown,
  );
}

function neuronView({ neuron, lesson, embedding }) {
  return html`<div class="side">${weightsFigure(neuron, lesson.thresholds, embedding)}${thresholdFigure(lesson)}</div>`;
}

/** The weights as bars; on a face, the products of weights and numbers, and their sum. */
function weightsFigure({ weights, bias }, { slope, offset }, embedding) {
  const values = embedding ? weights.map((weight, place) => weight * embedding[place]) : weights;
  const most = Math.max(...values.map(Math.abs));
  const width = WIDTH / values.length;
  const logit = values.reduce((sum, each) => sum + each, bias);
  const share = sigmoid(slope * logit + offset);
  return html`<figure class="stack">
    <h3>${embedding ? t("Weight times number, on this face") : t("The weights")}</h3>
    <svg class="bars" viewBox=${`0 -60 ${WIDTH} 120`} role="img" aria-label=${t("{count} values, some for and some against", { count: values.length })}>
      ${values.map((value, place) => {
        const height = (58 * Math.abs(value)) / most;
        const kind = value < 0 ? "against" : "for";
        return svg`<rect class=${kind} x=${place * width} width=${Math.max(0.8, width - 0.6)} y=${value < 0 ? 0 : -height} height=${height}></rect>`;
      })}
    </svg>
    <figcaption class="small quiet">
      ${embedding
        ? t("Up speaks for the person, down against. Sum {sum}, so the probability is {share}.", { sum: decimal(logit), share: probability(share) })
        : t("{count} weights and a bias of {bias}.", { count: number(values.length), bias: decimal(bias) })}
    </figcaption>
  </figure>`;
}

/** Faces that the neuron had not seen, by probability; a slider moves the line, and the counts follow. */
function thresholdFigure({ thresholds, evidence }) {
  const bins = binsOf(evidence, thresholds);
  const figures = html`<dl class="figures" aria-live="polite"></dl>`;
  const plot = html`<div></div>`;
  const slider = html`<input id="threshold" type="range" min="0" max="1" step="0.01" value=${thresholds.yes_above}>`;
  const move = () => {
    const threshold = Number(slider.value);
    const { precision, recall, wrong, strangers } = outcome(bins, threshold);
    slider.setAttribute("aria-valuetext", percent(threshold));
    render(plot, histogram(bins, threshold));
    render(
      figures,
      figure(t("Precision"), precision === null ? "–" : percent(precision, 1), t("of those who get a yes, so many are the person")),
      figure(t("Recall"), percent(recall, 1), t("of the person's own photos, so many get a yes")),
      figure(
        t("Wrong yeses"),
        number(wrong),
        wrong ? t("{rate} strangers", { rate: oneIn(wrong / strangers) }) : t("of {count} strangers", { count: number(strangers) }),
      ),
    );
  };
  slider.addEventListener("input", move);
  move();
  return html`<figure class="stack">
    <h3>${t("The decision line")}</h3>
    ${plot}
    <div class="field wide">
      <label for="threshold">${t("Yes above this probability")}</label>
      ${slider}
    </div>
    ${figures}
    <figcaption class="small quiet">${t("Faces that the neuron had not seen when it was judged. Moving the line here changes nothing but this picture.")}</figcaption>
  </figure>`;
}

function figure(title, value, meaning) {
  return html`<div><dt>${title}</dt><dd>${value}</dd><dd class="note">${meaning}</dd></div>`;
}

/**
 * Faces by probability, as counts of the person's own and of strangers. The fractions of the reliability curve weigh
 * each class so that the person's share is the prior; that is taken back here.
 */
function binsOf({ reliability, photos_of_person: own, photos_of_others: others }, { prior }) {
  const [ownWeight, otherWeight] = [prior / own, (1 - prior) / others];
  return reliability.counts.map((count, place) => {
    const fraction = reliability.fraction_positive[place];
    const share = (fraction * otherWeight) / (ownWeight * (1 - fraction) + fraction * otherWeight);
    const mine = Math.round(count * share);
    return { at: reliability.mean_predicted[place], own: mine, strangers: count - mine };
  });
}

function outcome(bins, threshold) {
  const total = (part, list) => list.reduce((sum, bin) => sum + bin[part], 0);
  const above = bins.filter(({ at }) => at > threshold);
  const [own, wrong] = [total("own", above), total("strangers", above)];
  return {
    precision: own + wrong ? own / (own + wrong) : null,
    recall: own / Math.max(1, total("own", bins)),
    wrong,
    strangers: total("strangers", bins),
  };
}

/** Both classes as bars over the probability, each as a share of its own. */
function histogram(bins, threshold) {
  const most = (part) => Math.max(1, ...bins.map((bin) => bin[part]));
  const across = (share) => 20 + share * (WIDTH - 40);
  const bar = (part, { at, ...bin }, side) => {
    const height = 100 * Math.sqrt(bin[part] / most(part));
    return svg`<rect class=${part} x=${across(at) + side} width="11" y=${120 - height} height=${height}></rect>`;
  };
  return html`<div class="stack tight">
    <svg class="bars" viewBox=${`0 0 ${WIDTH} 150`} role="img" aria-label=${t("How the person's faces and those of strangers are spread over the probability")}>
      ${bins.map((bin) => [bin.strangers > 0 && bar("strangers", bin, -12), bin.own > 0 && bar("own", bin, 0)])}
      <line class="axis" x1="8" x2=${WIDTH - 8} y1="120" y2="120"></line>
      ${[0, 0.5, 1].map((share) => svg`<text class="middle" x=${across(share)} y="143">${percent(share)}</text>`)}
      ${svg`<line class="mark" x1=${across(threshold)} x2=${across(threshold)} y1="4" y2="126"></line>`}
    </svg>
    <ul role="list" class="legend"><li class="key-own">${t("this person")}</li><li class="key-strangers">${t("strangers")}</li></ul>
  </div>`;
}
