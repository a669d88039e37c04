/** The questions about one person during a visit: the next one is there at once, while the answers before it are learnt. */

import { get, post, remove } from "../../api.js";
import { attempt, toast } from "../../notices.js";
import { nt, t } from "../../texts.js";
import { reload } from "../../view.js";

/** So many questions are looked through at a time. */
const LISTED = 200;

export class QuestionRound {
  passed = 0;
  isLearning = false;
  /** The questions to come, the one that is shown first, and how many more the service has. */
  #coming = [];
  #unlisted = 0;
  /** The faces that were answered about or passed over, and the answers that are not sent yet. */
  #settled = new Set();
  #waiting = [];

  /** `changed()` follows whatever changes. */
  constructor(person, signal, changed) {
    Object.assign(this, { person, signal, changed });
  }

  /** The question that is asked now; undefined where none is left. */
  get question() {
    return this.#coming[0];
  }

  get left() {
    return this.#coming.length + this.#unlisted;
  }

  /** Asks what is unsure as the person is known now; the question that is shown stays: it may be about to be answered. */
  async renew() {
    const { questions: listed, left } = await get(`/people/${this.person.id}/questions`, { limit: LISTED }, this.signal);
    const current = this.question;
    const others = listed.filter(({ face }) => !this.#settled.has(face) && face !== current?.face);
    this.#coming = current ? [current, ...others] : others;
    this.#unlisted = left - listed.length;
    this.changed();
  }

  /** Answers the question with "yes" or "no", or passes over it with "pass". */
  answer(chosen) {
    const question = this.#coming.shift();
    this.#settled.add(question.face);
    if (chosen === "pass") this.passed += 1;
    else this.#waiting.push({ question, answer: chosen });
    this.#learn();
    this.changed();
  }

  /** Sends all answers that wait, then those that came meanwhile; a question whose answer was refused comes again. */
  async #learn() {
    if (this.isLearning || !this.#waiting.length) return;
    this.isLearning = true;
    while (this.#waiting.length) {
      const given = this.#waiting.splice(0);
      if (!(await attempt(() => this.#record(given)))) {
        for (const { question } of given) this.#settled.delete(question.face);
        this.#coming.push(...given.map(({ question }) => question));
      }
      await attempt(() => this.renew());
    }
    this.isLearning = false;
    this.changed();
  }

  async #record(given) {
    const answers = given.map(({ question: { face }, answer }) => ({ face, answer }));
    await post(`/people/${this.person.id}/answers`, answers);
    toast(learnt(given, this.person.name), () => this.#takeBack(given));
  }

  async #takeBack(given) {
    for (const { question } of given) {
      await remove(`/people/${this.person.id}/answers/${question.face}`);
      this.#settled.delete(question.face);
      this.#coming.unshift(question);
    }
    if (this.signal.aborted) reload();
    else await this.renew();
  }
}

function learnt([{ answer }, ...more], name) {
  if (more.length) return nt("{count} answer about {name} is learnt.", "{count} answers about {name} are learnt.", more.length + 1, { name });
  return answer === "yes" ? t("Learnt: this is {name}.", { name }) : t("Remembered: this is not {name}.", { name });
}
