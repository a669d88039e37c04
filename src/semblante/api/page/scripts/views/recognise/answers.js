/** The answers about a photo: for each face the verdicts, why they are so, and its attributes on request. */

import { postForm, thumbnail } from "../../api.js";
import { drawHeat } from "../../heat.js";
import { html, render } from "../../html.js";
import { emptyState, problemNotice } from "../../notices.js";
import { issueText, probabilityMeter, verdictChip } from "../../people.js";
import { decimal, oneIn, probability, t } from "../../texts.js";
import { attributeList } from "../attributes.js";

export function nobodyFound() {
  return emptyState(
    "face",
    t("No face was found"),
    t("Semblante looks for faces of at least some twenty pixels that are not turned away too far."),
  );
}

/** The list of faces as an element, and a way to `open` one of them. */
export function answerList({ file, faces, byFace, chosen }) {
  const entries = faces.map((face, place) => entry({ file, face, place, given: byFace[place], chosen }));
  return {
    element: html`<div>${entries}</div>`,
    open(place) {
      entries.forEach((each, at) => each.classList.toggle("current", at === place));
      entries[place].scrollIntoView({ block: "nearest", behavior: "smooth" });
    },
  };
}

function entry({ file, face, place, given, chosen }) {
  const issues = face.quality.issues.map(issueText);
  const isKnown = given.length > 0 && given[0].verdict !== "no";
  const others = given.slice(1);
  return html`<article class="answer" onfocusin=${() => chosen(place)}>
    ${isKnown ? verdict(file, given[0], true) : nobody(file, given[0])}
    ${issues.map(({ title, measured }) => html`<p class="small"><strong class="sentence">${title}.</strong> ${measured}</p>`)}
    <details>
      <summary>${t("Attributes")}</summary>
      ${attributeList(face.attributes.filter(({ logit }) => logit > 0))}
      <details>
        <summary>${t("Those that it lacks")}</summary>
        ${attributeList(face.attributes.filter(({ logit }) => logit <= 0))}
      </details>
    </details>
    ${others.length > 0 &&
    html`<details>
      <summary>${t("Everybody else")}</summary>
      <div class="stack">${others.map((answer) => verdict(file, answer, false))}</div>
    </details>`}
  </article>`;
}

/** A face that is nobody's who is known, with the likeliest of them where somebody was looked for. */
function nobody(file, likeliest) {
  const title = html`<h3>${t("Nobody that is known")}</h3>`;
  if (!likeliest) return title;
  const { name, probability: share, false_match_rate: rate } = likeliest;
  return html`<div class="stack tight">
    <div class="row spread">${title} ${verdictChip("no")}</div>
    <p class="small">${t("Likeliest of those looked for: {name}, {share}.", { name, share: probability(share) })}</p>
    ${rateLine(rate)} ${whyDetails(file, likeliest)}
  </div>`;
}

const rateLine = (rate) =>
  html`<p class="small quiet">${t("{rate} strangers gets a wrong yes: the rate that was chosen.", { rate: oneIn(rate) })}</p>`;

function verdict(file, answer, isFirst) {
  return html`<div class="stack tight">
    <div class="row spread">
      ${isFirst ? html`<h3>${answer.name}</h3>` : html`<h4>${answer.name}</h4>`} ${verdictChip(answer.verdict)}
    </div>
    ${probabilityMeter(answer.verdict, answer.probability)}
    ${rateLine(answer.false_match_rate)} ${whyDetails(file, answer)}
  </div>`;
}

function whyDetails(file, answer) {
  const why = html`<details>
    <summary>${t("Why?")}</summary>
    <div class="stack"></div>
  </details>`;
  why.addEventListener("toggle", () => explain(why.lastElementChild, file, answer), { once: true });
  return why;
}

/** The reason, the nearest taught photos, and the places in the face that the answer depends on. */
async function explain(target, file, { reason, nearest, person, face }) {
  const heat = html`<p role="status" class="small quiet">${t("Hiding one place after another …")}</p>`;
  render(target, reason && html`<p class="sentence">${reason.detail}</p>`, nearest.length > 0 && nearestFigure(nearest), heat);
  const form = new FormData();
  form.append("image", file, file.name);
  form.append("person", person);
  form.append("face", face);
  try {
    heat.replaceWith(await heatFigure(await postForm("/explanations", form)));
  } catch (error) {
    heat.replaceWith(problemNotice(error));
  }
}

function nearestFigure(nearest) {
  return html`<div class="stack tight">
    <strong class="small">${t("The nearest of the taught photos")}</strong>
    <div class="row">
      ${nearest.map(
        ({ face, similarity }) => html`<figure>
          <img class="face" src=${thumbnail(face)} alt=${t("A taught face")}>
          <figcaption class="small quiet">${decimal(similarity)}</figcaption>
        </figure>`,
      )}
    </div>
    <span class="small quiet">${t("Similarity from −1 to 1; one and the same photo has 1.")}</span>
  </div>`;
}

async function heatFigure(explanation) {
  const canvas = html`<canvas role="img" aria-label=${t("The face, with the places that speak for and against the answer")}></canvas>`;
  await drawHeat(canvas, explanation);
  return html`<figure class="stack tight">
    <div class="heat">${canvas}</div>
    <p class="small lines">${explanation.text}</p>
    <figcaption class="small quiet">
      ${t("Warm places speak for this person, cold ones against. If these places are covered, the answer changes most. A logit is the score from which the probability follows.")}
    </figcaption>
  </figure>`;
}
