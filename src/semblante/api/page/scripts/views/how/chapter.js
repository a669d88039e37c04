/** A chapter of "How it works": a number, a heading, some words and its pictures. */

import { html } from "../../html.js";
import { t } from "../../texts.js";

export function chapter(count, title, words, ...content) {
  return html`<section class="chapter">
    <p class="number">${t("Part {count}", { count })}</p>
    <h2>${title}</h2>
    ${words.map((each) => html`<p>${each}</p>`)}
    ${content}
  </section>`;
}
