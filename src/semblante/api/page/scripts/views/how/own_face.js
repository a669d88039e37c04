/** What the model makes of the largest face in a photo: its crop, feature maps, attributes and embedding. */

import { postForm, Problem } from "../../api.js";
import { pictureOf } from "../../elements/face-photo.js";
import { pictureOfPng } from "../../heat.js";
import { t } from "../../texts.js";

/**
 * `{ photo, face, crop, layers }`: the photo as a canvas, null where this browser cannot show it; the face with its box,
 * landmarks, attributes and embedding; the crop as a canvas in the CelebA frame.
 */
export async function describeFace(file, signal) {
  const form = new FormData();
  form.append("image", file, file.name);
  const [photo, { faces }] = await Promise.all([
    pictureOf(file),
    postForm("/faces", form, { attributes: true, embeddings: true }, signal),
  ]);
  if (!faces.length) throw new Problem({ code: "no_face_found", title: t("No face was found") });
  const { crop, layers } = await postForm("/feature-maps", form, {}, signal);
  return { photo, face: faces[0], crop: await canvasOf(crop), layers };
}

async function canvasOf(png) {
  const picture = await pictureOfPng(png);
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(picture, 0, 0);
  return canvas;
}
