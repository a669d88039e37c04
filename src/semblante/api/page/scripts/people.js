/** What several views say and draw of a person: portrait, consent, verdict, quality issues. */

import { get, thumbnail } from "./api.js";
import { html, icon } from "./html.js";
import { date, decimal, number, probability, t } from "./texts.js";

/** The person's face, or the first letter of the name. */
export function portrait({ name, face }, size = "") {
  if (face) return html`<img class=${`face ${size}`} src=${thumbnail(face)} alt="" loading="lazy">`;
  return html`<span class=${`face initial ${size}`} aria-hidden="true">${[...name][0]?.toUpperCase()}</span>`;
}

export const CONSENTS = () => [
  { who: "self", label: t("It is me"), hint: t("I teach my own face.") },
  { who: "told", label: t("They said yes to me"), hint: t("I asked, and they agreed.") },
  { who: "parent", label: t("I am their parent"), hint: t("Or their guardian, for a child.") },
  { who: "deceased", label: t("They have died"), hint: t("I keep the family's photos.") },
];

/** Who consented, and when, in one line. */
export function consentLine(consent) {
  if (!consent) return t("Nobody has noted who agreed");
  const { who, on } = consent;
  const { label } = CONSENTS().find((each) => each.who === who);
  return t("{consent} · noted on {date}", { consent: label, date: date(on) });
}

const VERDICTS = () => ({
  yes: { symbol: "check", word: t("Yes") },
  unsure: { symbol: "question", word: t("Not sure") },
  no: { symbol: "cross", word: t("No") },
});

/** A verdict as a word with its sign. */
export function verdictChip(verdict) {
  const { symbol, word } = VERDICTS()[verdict];
  return html`<span class=${`chip ${verdict}`}>${icon(symbol)}${word}</span>`;
}

export const verdictWord = (verdict) => VERDICTS()[verdict].word;

/** A probability as a bar with its number. */
export function probabilityMeter(verdict, share) {
  return html`<div class=${`meter ${verdict}`}>
    <span class="track" aria-hidden="true"><i style=${{ width: `${100 * share}%` }}></i></span>
    <strong>${probability(share)}</strong>
  </div>`;
}

/** A quality issue: what it is, and the measured value beside its limit; pixels are counted, shares are not. */
export function issueText({ code, value, limit, detail }) {
  const shown = (figure) => (code === "face_small" ? number(Math.round(figure)) : decimal(figure));
  return { title: detail, measured: t("Measured {value}; at least {limit} is needed.", { value: shown(value), limit: shown(limit) }) };
}

/** What stands over the box of a face: the name, with a question mark where that is not sure, and the probability. */
export function boxWords(name, verdict, share) {
  return `${name}${verdict === "unsure" ? "?" : ""} ·\u00a0${probability(share)}`;
}

/** So many faces must have taught, for some of them to be held out. */
const MIN_FACES = 5;

/** What is said of faces that the person's neuron had not seen; null where the faces that taught are not here. */
export async function heldOutOf({ id, taught, answered_yes: answered }, signal) {
  return taught + answered < MIN_FACES ? null : get(`/people/${id}/held-out`, {}, signal);
}

/** A face by its reference. */
export const portraitOf = (face) => html`<img class="face" src=${thumbnail(face)} alt="" loading="lazy">`;
