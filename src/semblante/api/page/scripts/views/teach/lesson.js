/** What came of learning: how well the person is told from strangers, and from a look-alike. */

import { get, Problem } from "../../api.js";
import { html, render } from "../../html.js";
import { notice } from "../../notices.js";
import { link } from "../../router.js";
import { nt, number, oneIn, percent, t } from "../../texts.js";

/** Shows the last lesson where there is one. */
export async function latestLesson(person, target, signal) {
  try {
    render(target, lessonView(person, await get(`/people/${person.id}/lessons`, {}, signal)));
  } catch (error) {
    if (!(error instanceof Problem) && error.name !== "AbortError") throw error;
  }
}

/** The figures of a lesson, its curves, and advice for the next. */
export function lessonView(person, { evidence, thresholds, advice, separability }) {
  const { found, strangers, photos, others } = evidence;
  return html`<div class="stack loose">
    ${notice(
      "good",
      "check",
      html`<strong>${t("{name} is learnt.", { name: person.name })}</strong>`,
      html`<span>
        ${nt("Learnt from {count} photo of the person", "Learnt from {count} photos of the person", photos)}
        · ${nt("beside {count} face of somebody else", "beside {count} faces of others", others)}
      </span>`,
    )}
    <dl class="figures">
      ${figure(found === null ? "–" : percent(found), t("of the person's own photos would get a yes"), t("measured on photos that it had not seen"))}
      ${figure(oneIn(thresholds.false_match_rate), t("strangers may get a wrong yes"), t("the stated rate; choose another when teaching"))}
      ${figure(number(strangers), t("strangers it was tried on"))}
    </dl>
    ${separability && separabilityNotice(separability)}
    ${evidence.curve && curves(evidence)}
    ${advice.length > 0 &&
    html`<section class="stack">
      <h3>${t("What would help")}</h3>
      <ul>${advice.map(({ title }) => html`<li>${title}</li>`)}</ul>
    </section>`}
    <div class="row">
      <a class="button" href=${link("recognise")}>${t("Try it on a photo")}</a>
      <a class="button" href=${link("how", person.id)}>${t("See the neuron at work")}</a>
    </div>
  </div>`;
}

function figure(value, meaning, note) {
  return html`<div>
    <dt>${meaning}</dt>
    <dd>${value}</dd>
    ${note && html`<dd class="note">${note}</dd>`}
  </div>`;
}

function separabilityNotice({ separable, area, faces }) {
  const compared = nt("Compared on {count} face of theirs.", "Compared on {count} faces of theirs.", faces);
  const share = t("In {share} of comparisons the right face scores higher.", { share: percent(area, 1) });
  return separable
    ? notice("good", "check", html`<strong>${t("The two can be told apart.")}</strong>`, `${share} ${compared}`)
    : notice("warn", "warn", html`<strong>${t("The two cannot be told apart reliably.")}</strong>`, `${share} ${compared}`);
}

function curves({ curve }) {
  const points = curve.map(({ step, loss }) => [step, loss]);
  const high = Math.max(...points.map(([, loss]) => loss));
  return html`<figure class="stack">
    <h3>${t("The neuron as it learnt")}</h3>
    <line-chart
      chart=${{
        label: t("The loss falls from step to step"),
        series: [{ name: t("loss"), points }],
        x: { label: t("step"), low: 0, high: points.at(-1)[0], format: number },
        y: { label: t("loss"), low: 0, high, format: number },
      }}
    ></line-chart>
  </figure>`;
}
