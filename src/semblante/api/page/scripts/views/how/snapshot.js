/** One picture of the camera, taken in a dialog. */

import { openCamera } from "../../camera.js";
import { html, icon } from "../../html.js";
import { showDialog } from "../../notices.js";
import { t } from "../../texts.js";

const SIDE_PX = 640;

/** The picture as a File, or null where the dialog was closed. Throws an Error that says why there is no camera. */
export async function takePicture(signal) {
  const closed = new AbortController();
  const camera = await openCamera(AbortSignal.any([signal, closed.signal]));
  const photo = document.createElement("face-photo");
  photo.show(camera.video);
  const take = html`<button class="primary">${icon("camera")}${t("Take the picture")}</button>`;
  return new Promise((resolve) => {
    const dialog = showDialog(t("Your face"), html`<div class="stack">${photo}<div class="actions">${take}</div></div>`);
    let taken = null;
    take.addEventListener("click", async () => {
      taken = new File([await camera.jpeg(SIDE_PX)], "camera.jpg", { type: "image/jpeg" });
      dialog.close();
    });
    signal.addEventListener("abort", () => dialog.close(), { once: true });
    dialog.addEventListener("close", () => {
      closed.abort();
      resolve(taken);
    });
    take.focus();
  });
}
