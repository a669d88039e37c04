/** The unsure faces, one key a question: y, n, or the space bar to pass. Every answer is learnt from at once. */

import { get, post, remove, thumbnail } from "../../api.js";
import { html, render } from "../../html.js";
import { attempt, emptyState, toast } from "../../notices.js";
import { all } from "../../paging.js";
import { portrait } from "../../people.js";
import { link } from "../../router.js";
import { nt, probability, t } from "../../texts.js";

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
  const passed = new Set();
  const state = { person, board, passed, question: null, signal };
  document.addEventListener("keydown", (event) => pressed(event, state), { signal });
  await next(state);
  return html`<div class="stack loose">
    ${people.length > 1 && html`<p><a href=${link("library", "questions")}>${t("All people")}</a></p>`}
    ${board}
  </div>`;
}

async function next(state) {
  const { person, board, passed, signal } = state;
  const { questions: asked, left } = await get(`/people/${person.id}/questions`, { limit: 50 }, signal);
  state.question = asked.find(({ face }) => !passed.has(face)) ?? null;
  render(board, state.question ? card(state, left) : done(person, passed.size));
}

function card(state, left) {
  const { person, question } = state;
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
      <button class="primary" onclick=${() => answer(state, "yes")}>${t("Yes")} <kbd>${t("Y")}</kbd></button>
      <button onclick=${() => answer(state, "no")}>${t("No")} <kbd>N</kbd></button>
      <button onclick=${() => answer(state, "pass")}>${t("Pass")} <kbd>${t("Space")}</kbd></button>
    </div>
    <p class="small quiet">${nt("{count} question left", "{count} questions left", left)}</p>`;
}

function done(person, passed) {
  return html`<div>${emptyState(
    "check",
    t("Nothing left to ask"),
    passed
      ? nt("{count} question was passed over.", "{count} questions were passed over.", passed)
      : t("Semblante is sure of every face it took for {name}.", { name: person.name }),
    html`<a class="button" href=${link("library", "photos")}>${t("See the photos")}</a>`,
  )}</div>`;
}

function pressed(event, state) {
  const chosen = KEYS[event.key.toLowerCase()];
  const isFree = !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, select, textarea, dialog");
  // The space bar on a button presses that button.
  if (!chosen || !isFree || !state.question || (event.key === " " && event.target.closest("button, a"))) return;
  event.preventDefault();
  answer(state, chosen);
}

async function answer(state, chosen) {
  const { person, question, passed } = state;
  if (!question) return;
  state.question = null;
  if (chosen === "pass") passed.add(question.face);
  const isDone = await attempt(async () => {
    if (chosen !== "pass") {
      const answers = `/people/${person.id}/answers`;
      await post(answers, [{ face: question.face, answer: chosen }]);
      const takeBack = async () => {
        await remove(`${answers}/${question.face}`);
        await next(state);
      };
      const { name } = person;
      toast(chosen === "yes" ? t("Learnt: this is {name}.", { name }) : t("Remembered: this is not {name}.", { name }), takeBack);
    }
    await next(state);
  });
  if (!isDone) state.question = question;
}
