/** Part 3: the feature maps of the bundled network on this face, layer by layer. */

import { bytesOf } from "../../heat.js";
import { html, render } from "../../html.js";
import { number, t } from "../../texts.js";
import { chapter } from "./chapter.js";

const DARK = [16, 32, 40];
const BRIGHT = [255, 214, 140];

export function featureMaps(chosen) {
  const choice = html`<div class="row" role="group" aria-label=${t("Layer")}></div>`;
  const shown = html`<div></div>`;
  chosen.addEventListener("face", ({ detail: { layers } }) => {
    const buttons = layers.map((layer, place) => {
      const button = html`<button class="toggle">${t("Layer {count}", { count: place + 1 })}</button>`;
      button.addEventListener("click", () => {
        buttons.forEach((each) => (each.ariaPressed = String(each === button)));
        render(shown, mapsOf(layer));
      });
      return button;
    });
    render(choice, buttons);
    buttons[0]?.click();
  });
  return chapter(
    3,
    t("What the network's own kernels find"),
    [
      t("The bundled network learned its kernels by itself, dozens to hundreds in each layer. Early layers find edges and colours where they are; later ones find parts of a face, in ever coarser maps, until only numbers are left."),
    ],
    choice,
    shown,
  );
}

function mapsOf({ side_px: side, channels, maps }) {
  const bytes = bytesOf(maps);
  const count = bytes.length / (side * side);
  return html`<figure>
    <div class="maps" role="img" aria-label=${t("{count} feature maps of {side} × {side} values", { count, side })}>
      ${Array.from({ length: count }, (_, channel) => mapCanvas(bytes.subarray(channel * side * side, (channel + 1) * side * side), side))}
    </div>
    <figcaption>${t("{shown} of {channels} maps, each {side} × {side}. Bright is a strong answer.", { shown: number(count), channels: number(channels), side })}</figcaption>
  </figure>`;
}

function mapCanvas(values, side) {
  const canvas = html`<canvas width=${side} height=${side}></canvas>`;
  const picture = new ImageData(side, side);
  values.forEach((value, at) => {
    const colour = DARK.map((dark, part) => dark + ((BRIGHT[part] - dark) * value) / 255);
    picture.data.set([...colour, 255], 4 * at);
  });
  canvas.getContext("2d").putImageData(picture, 0, 0);
  return canvas;
}
