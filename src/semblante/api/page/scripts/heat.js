/** The heat map of an explanation over the face that it is about; bytes and pictures of the service's base64. */

const SIDE_PX = 288;
const WARM = [214, 92, 20];
const COLD = [20, 110, 190];
const MOST_OPAQUE = 0.72;

/** The bytes of a base64 text. */
export const bytesOf = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

/** The picture of a PNG in base64. */
export const pictureOfPng = (text) => createImageBitmap(new Blob([bytesOf(text)], { type: "image/png" }));

/** Draws the crop, and the heat over it: the strongest place is the least transparent. */
export async function drawHeat(canvas, { crop, heat, side_px: side }) {
  canvas.width = canvas.height = SIDE_PX;
  const pen = canvas.getContext("2d");
  pen.drawImage(await pictureOfPng(crop), 0, 0, SIDE_PX, SIDE_PX);
  const values = heat.flat();
  const most = Math.max(1e-6, ...values.map(Math.abs));
  const colours = new ImageData(side, side);
  values.forEach((value, place) => {
    const colour = value > 0 ? WARM : COLD;
    colours.data.set([...colour, 255 * MOST_OPAQUE * (Math.abs(value) / most) ** 0.8], 4 * place);
  });
  const layer = new OffscreenCanvas(side, side);
  layer.getContext("2d").putImageData(colours, 0, 0);
  pen.drawImage(layer, 0, 0, SIDE_PX, SIDE_PX);
}
