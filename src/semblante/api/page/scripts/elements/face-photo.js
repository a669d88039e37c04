/** A photo with its faces: each box is a button, so that a keyboard reaches it; "choose" carries the face's place. */

import { html } from "../html.js";

const MAX_SIDE_PX = 1600;

/** The picture in a file, upright and no larger than it is shown; null where the browser cannot read its kind. */
export async function pictureOf(file) {
  try {
    const whole = await createImageBitmap(file);
    const scale = Math.min(1, MAX_SIDE_PX / Math.max(whole.width, whole.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(whole.width * scale);
    canvas.height = Math.round(whole.height * scale);
    canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
    whole.close();
    return canvas;
  } catch {
    return null;
  }
}

/** Puts a box at its shares of the photo; its words stand where there is room, and never reach beyond the photo. */
export function placeBox(box, { x0, y0, x1, y1 }) {
  const isFar = x0 + x1 > 1;
  const room = (isFar ? x1 : 1 - x0) / Math.max(0.01, x1 - x0);
  const sides = { left: x0, top: y0, width: x1 - x0, height: y1 - y0, "--room": room };
  for (const [side, share] of Object.entries(sides)) box.style.setProperty(side, `${100 * share}%`);
  box.classList.toggle("far", isFar);
  box.classList.toggle("low", y0 < 0.1);
}

export class FacePhoto extends HTMLElement {
  /** Shows a canvas, a picture or a video, with what it shows in words. */
  show(picture, label) {
    if (picture instanceof HTMLCanvasElement) {
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", label);
      this.style.setProperty("--ratio", picture.width / picture.height);
    }
    this.replaceChildren(picture, html`<div class="boxes"></div>`);
  }

  /** Boxes `{ x0, y0, x1, y1 }` as shares of the photo, with `kind` (yes, unsure, no), `label` and `tag`. */
  set boxes(boxes) {
    this.querySelector(".boxes").replaceChildren(...boxes.map((box, place) => this.#button(box, place)));
  }

  /** Marks the face at `place` as the one that is spoken of. */
  set chosen(place) {
    this.querySelectorAll(".box").forEach((box, each) => (box.ariaPressed = String(each === place)));
  }

  #button({ kind = "", label, tag, ...shares }, place) {
    const choose = () => {
      this.chosen = place;
      this.dispatchEvent(new CustomEvent("choose", { detail: place }));
    };
    const box = html`<button class=${`box ${kind}`} aria-pressed="false" aria-label=${label} onclick=${choose}>
      ${tag && html`<span>${tag}</span>`}
    </button>`;
    placeBox(box, shares);
    return box;
  }
}
