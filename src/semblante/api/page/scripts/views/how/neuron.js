/** Part 5: one neuron: its weights on this face, the decision line, and what moving the threshold changes. */

import { get } from "../../api.js";
import { html, render, svg } from "../../html.js";
import { sigmoid } from "../../neuron_curve.js";
import { attempt } from "../../notices.js";
import { heldOutOf } from "../../people.js";
import { link } from "../../router.js";
import { decimal, number, probability, t } from "../../texts.js";
import { chapter } from "./chapter.js";
import { thresholdFigure } from "./threshold.js";

const WIDTH = 640;

export function neuronChapter(people, wanted, chosen, signal) {
  const learnt = people.filter((person) => person.is_learnt);
  const shown = html`<div class="stack loose"></div>`;
  const state = { neuron: null, thresholds: null, heldOut: null, embedding: null };
  const draw = () => state.neuron && render(shown, neuronView(state));
  chosen.addEventListener("face", ({ detail: { face: { embedding } } }) => {
    state.embedding = embedding;
    draw();
  });
  const choose = (id) =>
    attempt(async () => {
      const person = learnt.find((each) => each.id === id);
      const [neuron, { thresholds }, heldOut] = await Promise.all([
        get(`/people/${id}/neuron`, {}, signal),
        get(`/people/${id}/lessons`, {}, signal),
        heldOutOf(person, signal),
      ]);
      Object.assign(state, { neuron, thresholds, heldOut });
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

function neuronView({ neuron: { weights, bias }, thresholds, heldOut, embedding }) {
  const sum = embedding?.reduce((total, value, place) => total + value * weights[place], bias);
  return html`<div class="side">
    ${weightsFigure(weights, bias, thresholds, embedding, sum)} ${heldOut && thresholdFigure(heldOut, sum)}
  </div>`;
}

/** The weights as bars; on a face, the products of weights and numbers, and their sum. */
function weightsFigure(weights, bias, { slope, offset }, embedding, sum) {
  const values = embedding ? weights.map((weight, place) => weight * embedding[place]) : weights;
  const most = Math.max(...values.map(Math.abs));
  const width = WIDTH / values.length;
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
        ? t("Up speaks for the person, down against. Sum {sum}, so the probability is {share}.", { sum: decimal(sum), share: probability(sigmoid(slope * sum + offset)) })
        : t("{count} weights and a bias of {bias}.", { count: number(values.length), bias: decimal(bias) })}
    </figcaption>
  </figure>`;
}
