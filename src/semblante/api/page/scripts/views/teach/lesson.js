/** What came of learning: how well the person is told from strangers, and from a look-alike. */

import { thumbnail } from "../../api.js";
import { html } from "../../html.js";
import { neuronCurve } from "../../neuron_curve.js";
import { notice } from "../../notices.js";
import { verdictWord } from "../../people.js";
import { link } from "../../router.js";
import { nt, number, oneIn, percent, probability, t } from "../../texts.js";

/**
 * What is known of the neuron. `apart` says whether a look-alike can be told apart, `heldOut` shows faces that the neuron
 * had not seen, and `learning` how it learnt, where that was just now.
 */
export function lessonView(person, lesson, { apart, heldOut, learning }) {
  const { evidence, thresholds, ages, look_alikes: alike = [], advice = [] } = lesson;
  return html`<div class="stack loose">
    ${notice(
      "good",
      "check",
      html`<strong>${t("{name} is learnt.", { name: person.name })}</strong>`,
      html`<span>
        ${nt("Learnt from {count} photo of the person", "Learnt from {count} photos of the person", lesson.photos_of_person)}
        · ${nt("beside {count} face of somebody else", "beside {count} faces of others", lesson.photos_of_others)}
      </span>`,
    )}
    ${apart} ${alike.map(lookAlikeNotice)} ${learning}
    <dl class="figures">${figures(evidence, thresholds)}</dl>
    ${heldOut}
    ${ages.length > 0 && ageList(ages)}
    ${adviceList(advice)}
    <div class="row">
      <a class="button" href=${link("recognise")}>${t("Try it on a photo")}</a>
      <a class="button" href=${link("how", person.id)}>${t("See the neuron at work")}</a>
    </div>
  </div>`;
}

/** Faces that the neuron had not seen: where they lie on its curve, and how sure it is of each photo. */
export function heldOutView({ thresholds, faces, strangers }) {
  return html`<div class="stack loose">
    ${neuronCurve({ thresholds, faces, strangers })} ${strangerLine(strangers)} ${sureFaces(faces)}
  </div>`;
}

/** What would make the photos teach more; nothing where nothing would. */
export function adviceList(advice) {
  return (
    advice.length > 0 &&
    html`<section class="stack">
      <h3>${t("What would help")}</h3>
      <ul>${advice.map(({ detail }) => html`<li>${detail}</li>`)}</ul>
    </section>`
  );
}

function figures({ tpr_at_fpr_01_percent: strict, photos_of_person: own, background }, { false_match_rate: rate }) {
  return [
    figure(
      t("of the person's own photos get past, where 1 in 1,000 strangers does"),
      strict ? percent(strict.value) : t("too few photos"),
      strict
        ? t("{low} to {high}, measured on photos that the neuron had not seen", { low: percent(strict.low), high: percent(strict.high) })
        : nt("Judged on {count} photo", "Judged on {count} photos", own),
    ),
    figure(t("strangers may get a wrong yes"), oneIn(rate), t("the rate that was chosen")),
    figure(t("strangers it was tried on"), number(background), t("their faces come with the model, as numbers only")),
  ];
}

function figure(meaning, value, note) {
  return html`<div>
    <dt>${meaning}</dt>
    <dd>${value}</dd>
    <dd class="note">${note}</dd>
  </div>`;
}

function strangerLine({ count, yes, unsure }) {
  return html`<p class="small quiet">
    ${t("Of {count} strangers, {yes} got a yes and {unsure} a “not sure”; all others got a no.", {
      count: number(count),
      yes: number(yes),
      unsure: number(unsure),
    })}
  </p>`;
}

/** The person's photos, the least sure first: each judged by a neuron that had not seen it. */
function sureFaces(faces) {
  const own = faces.filter(({ role }) => role === "me").toSorted((a, b) => a.probability - b.probability);
  return html`<section class="stack">
    <h3>${t("Which photos it is sure of")}</h3>
    <p class="small quiet">${t("The least sure come first. Photos of one moment count as one.")}</p>
    <ul role="list" class="samples">
      ${own.map(
        ({ face, probability: share, verdict }) => html`<li class="sample">
          <img class="thumb" src=${thumbnail(face)} alt=${`${verdictWord(verdict)}, ${probability(share)}`} loading="lazy">
          <span class=${`chip ${verdict}`} aria-hidden="true">${probability(share)}</span>
        </li>`,
      )}
    </ul>
  </section>`;
}

/** The spans of ages that have a neuron of their own. */
function ageList(ages) {
  return html`<section class="stack">
    <h3>${t("A neuron for each span of ages")}</h3>
    <ul>
      ${ages.map(({ span, photos_of_person: photos }) => html`<li>${span}: ${nt("{count} photo", "{count} photos", photos)}</li>`)}
    </ul>
  </section>`;
}

/** Somebody known who looks alike: each taught the other, or it is said that this does not help. */
function lookAlikeNotice({ name, reason }) {
  return reason
    ? notice("warn", "warn", html`<strong>${reason.detail}</strong>`)
    : notice("good", "people", t("{name} looks alike. Each now teaches what the other is not.", { name }));
}

/** Whether the person can be told from those in the photos of a look-alike; nothing where none were given. */
export function separabilityNotice(separability) {
  if (!separability) return null;
  const { separable, area, faces } = separability;
  const words = t("In {share} of comparisons the right face scores higher.", { share: percent(area, 1) });
  const compared = nt("Compared on {count} face of theirs.", "Compared on {count} faces of theirs.", faces);
  return separable
    ? notice("good", "check", html`<strong>${t("The two can be told apart.")}</strong>`, `${words} ${compared}`)
    : notice("warn", "warn", html`<strong>${t("The two cannot be told apart reliably.")}</strong>`, `${words} ${compared}`);
}
