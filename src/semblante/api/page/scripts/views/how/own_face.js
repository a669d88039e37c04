/** What the model makes of the largest face in a photo: its crop, feature maps, attributes and embedding. */

import { postForm, Problem } from "../../api.js";
import { pictureOfPng } from "../../heat.js";
import { t } from "../../texts.js";

/** `{ crop, layers, attributes, embedding }`; the crop is a canvas in the CelebA frame. */
export async function describeFace(file, signal) {
  const form = new FormData();
  form.append("image", file, file.name);
  const [{ crop, layers }, { faces }] = await Promise.all([
    postForm("/feature-maps", form, {}, signal),
    postForm("/faces", form, { attributes: true, embeddings: true }, signal),
  ]);
  if (!faces.length) throw new Problem({ code: "no_face_found", title: t("No face was found") });
  return { crop: await canvasOf(crop), layers, attributes: faces[0].attributes, embedding: faces[0].embedding };
}

async function canvasOf(png) {
  const picture = await pictureOfPng(png);
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(picture, 0, 0);
  return canvas;
}
