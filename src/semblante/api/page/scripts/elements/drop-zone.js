/** A place to drop photos on, or to choose them or a folder: a "files" event carries them. */

import { html, icon } from "../html.js";
import { t } from "../texts.js";

const PHOTO = /^image\//;
const PHOTO_NAME = /\.(jpe?g|png|webp|gif|bmp|tiff?|hei[cf]|avif)$/i;

/** Whether a file seems to be a photo; the service looks at its content. */
const isPhoto = (file) => PHOTO.test(file.type) || PHOTO_NAME.test(file.name);

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  // A reader gives its entries in batches, and an empty one at the end.
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!batch.length) break;
    for (const each of batch) found.push(...(await filesOf(each)));
  }
  return found;
}

export class DropZone extends HTMLElement {
  /** Set before it is shown: the title, a hint, whether there may be several, further buttons. */
  options = {};

  connectedCallback() {
    if (this.childElementCount) return;
    const { title = t("Drop photos here"), hint, several = true, actions = [] } = this.options;
    this.photos = html`<input type="file" accept="image/*,.heic,.heif" hidden>`;
    this.folder = html`<input type="file" webkitdirectory hidden>`;
    this.photos.multiple = several;
    for (const input of [this.photos, this.folder]) input.addEventListener("change", () => this.#chosen(input));
    this.append(
      html`${icon("photo")}
        <strong>${title}</strong>
        ${hint && html`<p class="quiet small">${hint}</p>`}
        <div class="row">
          <button type="button" class="primary" onclick=${() => this.photos.click()}>${several ? t("Choose photos") : t("Choose a photo")}</button>
          ${several && html`<button type="button" onclick=${() => this.folder.click()}>${icon("folder")}${t("Choose a folder")}</button>`}
          ${actions}
        </div>
        ${this.photos}${this.folder}`,
    );
    this.addEventListener("dragover", (event) => this.#over(event, true));
    this.addEventListener("dragleave", (event) => this.#over(event, false));
    this.addEventListener("drop", (event) => this.#dropped(event));
  }

  #over(event, isOver) {
    event.preventDefault();
    this.classList.toggle("over", isOver);
  }

  #chosen(input) {
    this.#give([...input.files]);
    input.value = "";
  }

  async #dropped(event) {
    this.#over(event, false);
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    const plain = [...event.dataTransfer.files];
    this.#give(entries.length ? (await Promise.all(entries.map(filesOf))).flat() : plain);
  }

  #give(files) {
    const photos = files.filter(isPhoto);
    const detail = { files: this.options.several === false ? photos.slice(0, 1) : photos, others: files.length - photos.length };
    this.dispatchEvent(new CustomEvent("files", { detail }));
  }
}
