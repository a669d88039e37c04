/** The heat map of an explanation over the face that it is about. */

import { pictureOf } from "./elements/face-photo.js";

const SIDE_PX = 288;
const WARM = [214, 92, 20];
const COLD = [20, 110, 190];
const MOST_OPAQUE = 0.72;

/** Draws the crop (a data address where the service gives one) and the heat over it, strongest at most opaque. */
export async function drawHeat(canvas, heat, crop, file, face) {
  canvas.width = canvas.height = SIDE_PX;
  const pen = canvas.getContext("2d");
  await drawFace(pen, crop, file, face);
  const most = Math.max(1e-6, ...heat.flat().map(Math.abs));
  const layer = new OffscreenCanvas(heat[0].length, heat.length);
  const colours = new ImageData(heat[0].length, heat.length);
  heat.flat().forEach((value, place) => {
    const colour = value > 0 ? WARM : COLD;
    colours.data.set([...colour, 255 * MOST_OPAQUE * (Math.abs(value) / most) ** 0.8], 4 * place);
  });
  layer.getContext("2d").putImageData(colours, 0, 0);
  pen.drawImage(layer, 0, 0, SIDE_PX, SIDE_PX);
}

async function drawFace(pen, crop, file, { box }) {
  if (crop) {
    const bytes = Uint8Array.from(atob(crop), (sign) => sign.charCodeAt(0));
    pen.drawImage(await createImageBitmap(new Blob([bytes])), 0, 0, SIDE_PX, SIDE_PX);
    return;
  }
  const photo = await pictureOf(file);
  if (!photo) return;
  const [x0, y0, x1, y1] = box.normalised;
  const [width, height] = [(x1 - x0) * photo.width, (y1 - y0) * photo.height];
  pen.drawImage(photo, x0 * photo.width, y0 * photo.height, width, height, 0, 0, SIDE_PX, SIDE_PX);
}
