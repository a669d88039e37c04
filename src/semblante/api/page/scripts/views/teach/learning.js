/** The step of learning: the loss as it falls, then what the neuron says of faces that it had not seen. */

import { get, post, Problem } from "../../api.js";
import { html, icon, render } from "../../html.js";
import { notice, problemNotice } from "../../notices.js";
import { heldOutOf } from "../../people.js";
import { decimal, number, t } from "../../texts.js";
import { adviceList, heldOutView, lessonView, separabilityNotice } from "./lesson.js";
import { replay } from "./replay.js";

/** So often the curve is drawn; the neuron is faster. */
const DRAW_MS = 120;

const RATES = () => [
  { rate: 0.01, label: t("1 in 100: finds more, errs more") },
  { rate: 0.001, label: t("1 in 1,000: the usual") },
  { rate: 0.0001, label: t("1 in 10,000: strict, says “not sure” more often") },
];

/** The step as an `element`; `allow` says whether there are enough photos. */
export function learnStep(person, signal) {
  const outcome = html`<div class="stack"></div>`;
  const rate = html`<select id="rate">
    ${RATES().map(({ rate: value, label }) => html`<option value=${value} selected=${value === 0.001}>${label}</option>`)}
  </select>`;
  const said = html`<p class="spoken" role="status"></p>`;
  const button = html`<button class="primary"></button>`;
  const label = (isLearnt) => render(button, icon("neuron"), isLearnt ? t("Learn again") : t("Learn this face"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "";
    if (await learn(person, { false_match_rate: Number(rate.value) }, outcome)) {
      label(true);
      said.textContent = t("{name} is learnt.", { name: person.name });
    }
    button.disabled = false;
  });
  label(person.is_learnt);
  const waits = html`<span class="quiet small">${t("At least five photos of different moments are needed.")}</span>`;
  if (person.is_learnt) showLatest(person, outcome, signal);
  const element = html`<section class="step">
    <h2>${t("Learn")}</h2>
    <p>${t("One neuron looks for the line that parts this face from those of thousands of strangers. It takes seconds.")}</p>
    <div class="field">
      <label for="rate">${t("How many strangers may get a wrong yes")}</label>
      ${rate}
    </div>
    <div class="row">${button}${waits}</div>
    ${said}
    ${outcome}
  </section>`;
  return {
    element,
    allow(canLearn) {
      button.disabled = !canLearn;
      waits.hidden = canLearn;
    },
  };
}

async function showLatest(person, outcome, signal) {
  const [apart, heldOut] = [html`<div></div>`, html`<div></div>`];
  try {
    render(outcome, lessonView(person, await get(`/people/${person.id}/lessons`, {}, signal), { apart, heldOut }));
  } catch (error) {
    if (error.name !== "AbortError") render(outcome, problemNotice(error));
    return;
  }
  render(heldOut, html`<p class="quiet small">${t("The photos are judged anew …")}</p>`);
  try {
    const shown = await heldOutOf(person, signal);
    apart.replaceWith((shown && separabilityNotice(shown.separability)) ?? "");
    render(heldOut, shown && heldOutView(shown));
  } catch (error) {
    if (error.name !== "AbortError") render(heldOut, problemNotice(error));
  }
}

/** Gives whether the person was learnt. */
async function learn(person, wanted, outcome) {
  const progress = html`<job-progress class="card stack"></job-progress>`;
  const curve = html`<figure class="stack" aria-live="off"></figure>`;
  render(outcome, progress, curve);
  const steps = [];
  let drawn = 0;
  let heard = [];
  try {
    const job = await post(`/people/${person.id}/lessons`, wanted);
    const { state, result } = await progress.run(job, ({ neuronstep: step, advice }) => {
      heard = advice;
      // Neurons for age spans come after the one for all ages, from step 1 again.
      if (step && step.step > (steps.at(-1)?.step ?? 0)) steps.push(step);
      if (steps.length < 2 || performance.now() - drawn < DRAW_MS) return;
      drawn = performance.now();
      render(curve, lossCurve(steps));
    });
    if (state !== "done") return false;
    const learning = steps.length > 1 && html`<div class="stack loose">${replay(steps, result.taught)}${lossCurve(steps)}</div>`;
    const parts = { apart: separabilityNotice(result.separability), heldOut: heldOutView(result), learning };
    render(outcome, lessonView(person, result, parts));
    return true;
  } catch (error) {
    const keep = error.code === "cannot_be_told_apart" && keepAnyway(person, wanted, outcome);
    render(outcome, problemNotice(error), keep, adviceList(heard));
    if (!(error instanceof Problem)) throw error;
    return false;
  }
}

/** A look-alike who cannot be told apart: the user may keep the person all the same, knowing it. */
function keepAnyway(person, wanted, outcome) {
  const keep = html`<button>${t("Keep it all the same")}</button>`;
  keep.addEventListener("click", () => learn(person, { ...wanted, keep_inseparable: true }, outcome));
  return notice(
    "",
    "info",
    t("You can keep the person all the same; then answers about the two are often wrong."),
    html`<div class="row">${keep}</div>`,
  );
}

function lossCurve(steps) {
  const high = Math.max(...steps.map(({ loss }) => loss));
  const chart = {
    label: t("The loss falls from step to step"),
    series: [{ name: t("loss"), points: steps.map(({ step, loss }) => [step, loss]) }],
    x: { label: t("step"), low: 0, high: steps.at(-1).step, format: number },
    y: { label: t("loss"), low: 0, high, format: (value) => decimal(value) },
  };
  return html`<div class="stack">
    <h3>${t("The loss falls from step to step")}</h3>
    <line-chart chart=${chart}></line-chart>
  </div>`;
}
