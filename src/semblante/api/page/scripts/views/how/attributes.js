/** Part 4: the 40 attributes on this face, beside how far each can be relied on. */

import { html, render } from "../../html.js";
import { t } from "../../texts.js";
import { attributeList } from "../attributes.js";
import { chapter } from "./chapter.js";

export function attributesChapter({ attributes: measured }, chosen) {
  const shown = html`<div></div>`;
  const accuracyOf = Object.fromEntries(measured.map(({ name, balanced_accuracy: accuracy }) => [name, accuracy]));
  chosen.addEventListener("face", ({ detail: { face: { attributes } } }) => {
    render(shown, attributeList(attributes.map((each) => ({ ...each, accuracy: accuracyOf[each.name] }))));
  });
  return chapter(
    4,
    t("Forty attributes, and how far to trust them"),
    [
      t("From the last layer, forty outputs say how likely each attribute is. Beside each stands how often the model is right on photos it had not seen, yes and no counting alike; a coin would be right half the time."),
      t("Some labels are opinions, and some are nearly random: nobody should be judged by them."),
    ],
    shown,
  );
}
