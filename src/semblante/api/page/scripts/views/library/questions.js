/** The unsure faces, one key a question: y, n, or the space bar to pass. Answers are learnt while the next are given. */

import { thumbnail } from "../../api.js";
import { html, render } from "../../html.js";
import { emptyState } from "../../notices.js";
import { all } from "../../paging.js";
import { portrait } from "../../people.js";
import { link } from "../../router.js";
import { nt, probability, t } from "../../texts.js";
import { QuestionRound } from "./question_round.js";

/** Keys that answer: those of "yes", "no" and "sí" alike. */
const KEYS = { y: "yes", s: "yes", 1: "yes", n: "no", 2: "no", " ": "pass", 3: "pass" };

export default async function questions({ path, signal }) {
  const people = (await all("/people", "people", signal)).filter((person) => person.is_learnt);
  const person = people.find(({ id }) => id === path[0]) ?? (people.length === 1 ? people[0] : null);
  if (!people.length) {
    return emptyState(
      "question",
      t("No questions"),
      t("Once you have taught a face, Semblante asks here about those it is unsure of."),
      html`<a class="button primary" href=${link("teach")}>${t("Teach a face")}</a>`,
    );
  }
  return person ? asking(person, people, signal) : chooser(people);
}

function chooser(people) {
  return html`<ul role="list" class="people">
    ${people.map(
      (person) => html`<li><a class="person" href=${link("library", "questions", person.id)}>
        ${portrait(person)}
        <div><strong>${person.name}</strong><small>${t("Answer questions")}</small></div>
      </a></li>`,
    )}
  </ul>`;
}

async function asking(person, people, signal) {
  const board = html`<div class="question" aria-live="polite"></div>`;
  const line = html`<p class="small quiet sentence"></p>`;
  const hint = html`<p class="small quiet">${t("Each answer is learnt at once. That may settle other questions, or raise new ones.")}</p>`;
  let shown = null;
  const show = () => {
    const { question, left, isLearning } = round;
    const words = [nt("{count} question left", "{count} questions left", left), isLearning && t("learning …")];
    line.textContent = words.filter(Boolean).join(" · ");
    line.hidden = hint.hidden = !question;
    const what = question ?? (isLearning ? "learning" : "done");
    if (what !== shown) render(board, question ? card(round) : isLearning ? learning() : done(round));
    shown = what;
  };
  const round = new QuestionRound(person, signal, show);
  document.addEventListener("keydown", (event) => pressed(event, round), { signal });
  await round.renew();
  return html`<div class="stack loose">
    ${people.length > 1 && html`<p><a href=${link("library", "questions")}>${t("All people")}</a></p>`}
    <div class="question">${board}<div class="stack tight">${line}${hint}</div></div>
  </div>`;
}

function card(round) {
  const { person, question } = round;
  // The second click of a double click is not meant for the next question.
  const choose = (answer) => ({ detail: clicks }) => clicks < 2 && round.answer(answer);
  return html`
    <h2>${t("Is this {name}?", { name: person.name })}</h2>
    <div class="pair">
      <figure class="stack tight">
        <img src=${thumbnail(question.face)} alt=${t("The face that is asked about")}>
        <figcaption class="small quiet">${t("{share} likely", { share: probability(question.probability) })}</figcaption>
      </figure>
      <figure class="stack tight">
        ${person.face ? html`<img src=${thumbnail(person.face)} alt=${t("A face of {name}", { name: person.name })}>` : portrait(person, "large")}
        <figcaption class="small quiet">${person.name}</figcaption>
      </figure>
    </div>
    <div class="row keys">
      <button class="primary" onclick=${choose("yes")}>${t("Yes")} <kbd>${t("Y")}</kbd></button>
      <button onclick=${choose("no")}>${t("No")} <kbd>N</kbd></button>
      <button onclick=${choose("pass")}>${t("Pass")} <kbd>${t("Space")}</kbd></button>
    </div>`;
}

const learning = () => html`<p>${t("Learning from your answers …")}</p>`;

function done({ person, passed }) {
  return html`<div>${emptyState(
    "check",
    t("Nothing left to ask"),
    passed
      ? nt("{count} question was passed over.", "{count} questions were passed over.", passed)
      : t("Semblante is sure of every face it took for {name}.", { name: person.name }),
    html`<a class="button" href=${link("library", "photos")}>${t("See the photos")}</a>`,
  )}</div>`;
}

function pressed(event, round) {
  const chosen = KEYS[event.key.toLowerCase()];
  const isFree = !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, select, textarea, dialog");
  // The space bar on a button presses that button.
  if (!chosen || !isFree || !round.question || (event.key === " " && event.target.closest("button, a"))) return;
  event.preventDefault();
  // A key that is held down is one answer.
  if (!event.repeat) round.answer(chosen);
}
