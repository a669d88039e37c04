/** The photos that teach a person: dropped, chosen or taken, each with what is wrong with it, and those of look-alikes. */

import { patch, remove, sendImages, thumbnail } from "../../api.js";
import { coachStep } from "../../coach.js";
import { pictureOf } from "../../elements/face-photo.js";
import { html, icon } from "../../html.js";
import { attempt, toast } from "../../notices.js";
import { all } from "../../paging.js";
import { issueText } from "../../people.js";
import { nt, number, t, today } from "../../texts.js";

const PREVIEW_PX = 160;

/** The step with the drop zones of the person and of a look-alike. */
export function photoStep(person, photos, refresh, signal) {
  const mine = gallery(person, photos.filter(({ role }) => role === "me"), refresh);
  const others = gallery(person, photos.filter(({ role }) => role === "not"), refresh);
  return html`<section class="step">
    <h2>${t("Show the face")}</h2>
    <p>${t("Ten photos of different days teach more than a hundred of one evening. Others may be in them: the face that all photos share is taken.")}</p>
    ${zone(person, "me", mine, refresh, { title: t("Drop photos of {name} here", { name: person.name }) })}
    ${coachStep({ person: person.id, signal, taken: (file) => send(person, [file], "me", mine, refresh) })}
    ${mine}
    <details>
      <summary>${t("Somebody looks alike? Teach the difference")}</summary>
      <div class="stack">
        <p>${t("Photos of a brother, a sister or a double make the line sharper. Semblante says whether the two can be told apart.")}</p>
        ${zone(person, "not", others, refresh, { title: t("Drop photos of the look-alike here") })}
        ${others}
      </div>
    </details>
  </section>`;
}

function zone(person, role, shown, refresh, options) {
  const element = html`<drop-zone class="compact" options=${options}></drop-zone>`;
  element.addEventListener("files", ({ detail }) => {
    if (detail.others) toast(nt("{count} file is no photo and was left out.", "{count} files are no photos and were left out.", detail.others));
    if (detail.files.length) send(person, detail.files, role, shown, refresh);
  });
  return element;
}

function gallery(person, photos, refresh) {
  return html`<ul role="list" class=${person.birth_date ? "samples numbered dated" : "samples numbered"}>${photos.map((photo) => sample(person, photo, refresh))}</ul>`;
}

/** A photo that teaches, or that cannot: by its largest face, with the reason, and a way to take it out. */
function sample(person, { id, faces, taken }, refresh, { picture, file } = {}) {
  const [face] = faces ?? [];
  const issue = issueOf(faces);
  const element = html`<li class=${`sample ${issue ? "poor" : ""}`} data-photo=${id}>
    ${picture ?? (face && html`<img class="thumb" src=${thumbnail(face.id)} alt=${t("A face of {name}", { name: person.name })} loading="lazy">`)}
    <span class="mark">${icon(issue ? "question" : "check")}</span>
    ${file && fileName(file)}
    <span>${issue ? issue.title : html`<span class="spoken">${t("This photo teaches")}</span>`}</span>
    ${issue && html`<span class="quiet">${issue.measured}</span>`}
    ${person.birth_date && dayField(person, id, taken)}
  </li>`;
  const takeOut = () =>
    attempt(async () => {
      await remove(`/people/${person.id}/photos/${id}`);
      element.remove();
      refresh();
    });
  element.append(cross(t("Take this photo out"), takeOut));
  return element;
}

const cross = (label, act) => html`<button aria-label=${label} onclick=${act}>${icon("cross")}</button>`;

/** The name of a photo's file, which is known while it has just been given. */
const fileName = ({ name }) => html`<strong class="file" title=${name}>${name}</strong>`;

/** When the photo was taken: by its metadata, or as it is told here. */
function dayField(person, id, taken) {
  const change = (event) =>
    attempt(() => patch(`/people/${person.id}/photos/${id}`, { taken: event.target.value || null }));
  return html`<input type="date" value=${taken ?? ""} max=${today()} aria-label=${t("Day on which the photo was taken")} onchange=${change}>`;
}

/** What keeps all faces of a photo from teaching, by its largest one; undefined where one can. */
function issueOf(faces) {
  if (!faces) return { title: t("Another model read it; give it again") };
  if (!faces.length) return { title: t("No face was found") };
  return faces.some(({ quality }) => quality.ok) ? undefined : issueText(faces[0].quality.issues[0]);
}

/** A photo that was not taken, with the reason, until it is dismissed; `picture` where the browser can show it. */
function refused({ file, picture }, { reason }) {
  const element = html`<li class="sample refused">
    ${picture ? [picture, html`<span class="mark">${icon("warn")}</span>`] : html`<span class="thumb">${icon("warn")}</span>`}
    ${fileName(file)}
    <span class="quiet sentence">${reason.detail}</span>
  </li>`;
  element.append(cross(t("Dismiss {file}", { file: file.name }), () => element.remove()));
  return element;
}

async function send(person, files, role, shown, refresh) {
  const progress = html`<progress max=${files.length} value="0" aria-label=${t("Reading the photos")}></progress>`;
  const figures = html`<p class="small quiet" role="status"></p>`;
  shown.before(progress, figures);
  await attempt(() =>
    sendImages(`/people/${person.id}/photos`, files, { role }, async (sent, total, { accepted, rejected }, part) => {
      progress.value = sent;
      figures.textContent = t("{done} of {total} photos read", { done: number(sent), total: number(total) });
      for (const each of accepted) {
        const given = await previewed(part[each.index]);
        shown.querySelector(`[data-photo="${each.id}"]`)?.remove();
        shown.append(sample(person, each, refresh, given));
      }
      for (const each of rejected) shown.append(refused(await previewed(part[each.index]), each));
    }),
  );
  progress.remove();
  figures.remove();
  refresh();
  if (files.length > 1) await attempt(() => inOrder(person, shown));
}

/** The photos in the order in which the service numbers them: advice names photos by their numbers. */
async function inOrder(person, shown) {
  const samples = new Map([...shown.children].map((element) => [element.dataset.photo, element]));
  for (const { id } of await all(`/people/${person.id}/photos`, "photos")) {
    if (samples.has(id)) shown.append(samples.get(id));
  }
  shown.append(...shown.querySelectorAll(".refused"));
}

const previewed = async (file) => ({ file, picture: await preview(file) });

/** A small square of the photo as it was given, at once; the face's own picture comes with the next visit. */
async function preview(file) {
  const picture = await pictureOf(file);
  if (!picture) return null;
  const canvas = html`<canvas class="thumb" width=${PREVIEW_PX} height=${PREVIEW_PX} role="img" aria-label=${file.name}></canvas>`;
  const side = Math.min(picture.width, picture.height);
  const from = [(picture.width - side) / 2, (picture.height - side) / 2];
  canvas.getContext("2d").drawImage(picture, ...from, side, side, 0, 0, PREVIEW_PX, PREVIEW_PX);
  return canvas;
}
