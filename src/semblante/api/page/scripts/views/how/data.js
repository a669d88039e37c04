/** Part 1: the data, and how a photo becomes the crop that the network sees. */

import { html } from "../../html.js";
import { number, percent, t } from "../../texts.js";
import { chapter } from "./chapter.js";

const MARK = "#0f6b78";

export function dataChapter({ data, side_px: side, attributes }, chosen) {
  const photo = html`<canvas role="img" aria-label=${t("The photo, with the face and its five places marked")}></canvas>`;
  const crop = html`<canvas role="img" aria-label=${t("The face, upright, eyes and mouth in their places")}></canvas>`;
  chosen.addEventListener("face", ({ detail }) => {
    photo.closest("figure").hidden = !detail.photo;
    if (detail.photo) mark(photo, detail.photo, detail.face);
    copy(crop, detail.crop);
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
      <div class="pixels smooth">
        <figure>${photo}<figcaption>${t("The photo: the face and five places are found")}</figcaption></figure>
        <figure>${crop}<figcaption>${t("What the network sees")}</figcaption></figure>
      </div>
      <figure class="stack">
        <h3>${t("The most frequent labels")}</h3>
        <ul role="list" class="stack tight">
          ${commonest.map(({ label, positive_rate: share }) => html`<li class="meter">
            <span>${label}</span><span>${percent(share)}</span>
            <span class="track" aria-hidden="true"><i style=${{ width: percentage(share) }}></i></span>
          </li>`)}
        </ul>
      </figure>
    </div>`,
  );
}

function copy(canvas, picture) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  return pen;
}

/** The photo with the box of the face, and dots on eyes, nose and corners of the mouth. */
function mark(canvas, picture, { box, landmarks }) {
  const pen = copy(canvas, picture);
  const { width, height } = canvas;
  const size = Math.max(width, height) / 90;
  const [x0, y0, x1, y1] = box.normalised;
  pen.lineWidth = size;
  pen.strokeStyle = "#fff";
  pen.strokeRect(x0 * width, y0 * height, (x1 - x0) * width, (y1 - y0) * height);
  for (const [x, y] of landmarks.normalised) {
    pen.beginPath();
    pen.arc(x * width, y * height, 1.4 * size, 0, 2 * Math.PI);
    pen.fillStyle = MARK;
    pen.fill();
    pen.stroke();
  }
}

const percentage = (share) => `${100 * share}%`;
