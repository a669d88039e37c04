/** Part 1: the data, and how a photo becomes the crop that the network sees. */

import { html } from "../../html.js";
import { number, percent, t } from "../../texts.js";
import { chapter } from "./chapter.js";

export function dataChapter({ data, side_px: side, attributes }, chosen) {
  const crop = html`<canvas role="img" aria-label=${t("The face, upright, eyes and mouth in their places")}></canvas>`;
  chosen.addEventListener("face", ({ detail }) => {
    crop.width = detail.crop.width;
    crop.height = detail.crop.height;
    crop.getContext("2d").drawImage(detail.crop, 0, 0);
  });
  const commonest = attributes.filter(({ doubt }) => !doubt).toSorted((a, b) => b.positive_rate - a.positive_rate).slice(0, 5);
  return chapter(
    1,
    t("It begins with photos and labels"),
    [
      t("CelebA is a set of celebrities' photos, each with 40 labels such as “smiling” or “hat”. The bundled model learned from {images} of them.", { images: number(data.train_images) }),
      t("Every face is turned upright and cut to {side} × {side} pixels, with the eyes always in the same places. This is all the network sees of you:", { side }),
    ],
    html`<div class="side">
      <figure class="crop">${crop}</figure>
      <figure class="stack">
        <h3>${t("The most frequent labels")}</h3>
        <ul role="list" class="stack tight">
          ${commonest.map(({ label, positive_rate: share }) => html`<li class="meter">
            <span>${label}</span><span>${percent(share)}</span>
            <span class="track" aria-hidden="true"><i style=${{ width: percentage(share) }}></i></span><span></span>
          </li>`)}
        </ul>
      </figure>
    </div>`,
  );
}

const percentage = (share) => `${100 * share}%`;
