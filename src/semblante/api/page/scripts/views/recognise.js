/** Recognise: a photo or the camera; who is in it, how sure that is, and why. */

import { postForm } from "../api.js";
import { pictureOf } from "../elements/face-photo.js";
import { html, icon, render } from "../html.js";
import { livePanel } from "../live.js";
import { problemNotice, toast, whileOff } from "../notices.js";
import { all } from "../paging.js";
import { boxWords, verdictWord } from "../people.js";
import { link } from "../router.js";
import { nt, t } from "../texts.js";
import { answerList, nobodyFound } from "./recognise/answers.js";

const VERDICT_ORDER = ["yes", "unsure", "no"];

export default async function recognise({ signal }) {
  const people = await all("/people", "people", signal);
  const learnt = people.filter((person) => person.is_learnt);
  const stage = html`<div class="stage stack"></div>`;
  const answers = html`<div class="stack" aria-live="polite"></div>`;
  const wanted = new Set(learnt.map(({ id }) => id));
  const context = { people: learnt, wanted, stage, answers, signal };
  showZone(context);
  return html`<div class="view">
    <header>
      <h1>${t("Who is this?")}</h1>
      <p>${t("Show a photo, or look into the camera. Every answer comes with its probability, and with the rate at which strangers get a wrong yes.")}</p>
    </header>
    ${learnt.length ? choice(context) : nobodyKnown()}
    <div class="columns">${stage}<aside>${answers}</aside></div>
  </div>`;
}

function nobodyKnown() {
  return html`<p class="quiet">
    ${t("Nobody is known yet; faces are found and described all the same.")}
    <a href=${link("teach", "new")}>${t("Teach a face")}</a>
  </p>`;
}

/** Whom to look for: all, unless some are switched off. */
function choice({ people, wanted }) {
  const toggle = ({ id, name }) => {
    const button = html`<button class="toggle" aria-pressed="true">${name}</button>`;
    button.addEventListener("click", () => {
      if (!wanted.delete(id)) wanted.add(id);
      button.ariaPressed = String(wanted.has(id));
    });
    return button;
  };
  return html`<div class="row" role="group" aria-label=${t("Whom to look for")}>
    <span class="quiet small">${t("Look for")}</span>
    ${people.map(toggle)}
  </div>`;
}

function showZone(context) {
  const camera = html`<button type="button" onclick=${() => whileOff(camera, () => lookLive(context))}>${icon("camera")}${t("Use the camera")}</button>`;
  const zone = html`<drop-zone options=${{ title: t("Drop a photo here"), several: false, actions: [camera] }}></drop-zone>`;
  zone.addEventListener("files", ({ detail: { files } }) => {
    if (files.length) look(context, files[0]);
    else toast(t("That is no photo."));
  });
  render(context.stage, zone);
  render(context.answers);
}

async function lookLive(context) {
  const closed = new AbortController();
  const signal = AbortSignal.any([context.signal, closed.signal]);
  const { picture, answers, held } = await livePanel({ ...context, signal });
  const close = () => {
    closed.abort();
    showZone(context);
  };
  const hold = () => {
    const frame = held();
    if (!frame) return;
    closed.abort();
    look(context, frame);
  };
  const buttons = html`<div class="row">
    <button class="primary" onclick=${hold}>${icon("pause")}${t("Hold this picture")}</button>
    <button onclick=${close}>${icon("cross")}${t("Close the camera")}</button>
  </div>`;
  render(context.stage, picture, buttons);
  render(context.answers, answers);
}

async function look(context, file) {
  const { stage, answers, wanted, signal } = context;
  const photo = document.createElement("face-photo");
  photo.show((await pictureOf(file)) ?? notShown(), file.name);
  const again = html`<button onclick=${() => showZone(context)}>${icon("photo")}${t("Another photo")}</button>`;
  render(stage, photo, html`<div class="row">${again}</div>`);
  render(answers, html`<p role="status">${t("Looking for faces …")}</p>`, html`<progress aria-label=${t("Looking for faces …")}></progress>`);
  try {
    const form = new FormData();
    form.append("image", file, file.name);
    const [found, recognised] = await Promise.all([
      postForm("/faces", form, { attributes: true }, signal),
      wanted.size ? postForm("/recognitions", form, { people: [...wanted] }, signal) : { answers: [] },
    ]);
    showAnswers(context, photo, file, found.faces, recognised.answers);
  } catch (error) {
    if (error.name !== "AbortError") render(answers, problemNotice(error));
  }
}

function notShown() {
  return html`<p class="empty">
    ${t("This browser cannot show this kind of picture; Semblante reads it all the same.")}
  </p>`;
}

function showAnswers({ answers }, photo, file, faces, given) {
  if (!faces.length) {
    render(answers, nobodyFound());
    return;
  }
  const byFace = faces.map((_, place) => bestFirst(given.filter(({ face }) => face === place)));
  photo.boxes = faces.map(({ box }, place) => boxOf(box.normalised, byFace[place][0], place));
  const list = answerList({ file, faces, byFace, chosen: (place) => (photo.chosen = place) });
  photo.addEventListener("choose", ({ detail }) => list.open(detail));
  render(answers, html`<h2>${nt("{count} face", "{count} faces", faces.length)}</h2>`, list.element);
}

const bestFirst = (given) =>
  given.toSorted(
    (a, b) => VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict) || b.probability - a.probability,
  );

/** A box with what is said of it: a name where it is a yes, a question where it is unsure. */
function boxOf([x0, y0, x1, y1], answer, place) {
  const box = { x0, y0, x1, y1, label: t("Face {count}", { count: place + 1 }) };
  if (!answer) return box;
  const { name, verdict } = answer;
  const said = boxWords(name, verdict, answer.probability);
  return {
    ...box,
    kind: verdict,
    label: `${said}. ${verdictWord(verdict)}. ${box.label}`,
    tag: verdict === "no" ? "" : said,
  };
}
