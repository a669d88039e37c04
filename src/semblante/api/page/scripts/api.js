/** The way to the service: JSON and files in, JSON out, problems as errors, jobs as streams of events. */

import { language, t } from "./texts.js";

const ROOT = "/api/v1";
const IMAGES_A_REQUEST = 8;

/** What the service refused: `code` is stable, `message` is in the reader's language. */
export class Problem extends Error {
  constructor({ status = 0, code = "not_reached", title, detail, ...params }) {
    super(title ?? t("The service cannot be reached. Is Semblante still running?"));
    Object.assign(this, { status, code, detail, params });
  }
}

async function problemOf(response) {
  try {
    return new Problem({ ...(await response.json()), status: response.status });
  } catch {
    return new Problem({ status: response.status, code: "no_problem", title: t("The service gave no answer that can be read.") });
  }
}

function address(path, query) {
  const url = new URL(ROOT + path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined && each !== "") url.searchParams.append(name, each);
    }
  }
  return url;
}

async function send(method, path, { query, json, form, file, etag, signal, creates } = {}) {
  const headers = { "Accept-Language": language };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (etag) headers["If-Match"] = etag;
  if (creates) headers["Idempotency-Key"] = crypto.randomUUID();
  const body = json === undefined ? (form ?? file) : JSON.stringify(json);
  let response;
  try {
    response = await fetch(address(path, query), { method, headers, body, signal, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({});
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function answer(method, path, options) {
  const response = await send(method, path, options);
  return response.status === 204 ? null : response.json();
}

export const get = (path, query, signal) => answer("GET", path, { query, signal });
export const post = (path, json = {}) => answer("POST", path, { json, creates: true });
/** Sends what must not be kept anywhere, not even as the fingerprint of a request. */
export const postSecret = (path, json) => answer("POST", path, { json });
export const put = (path, json) => answer("PUT", path, { json });
export const patch = (path, json, etag) => answer("PATCH", path, { json, etag });
export const remove = (path, json) => answer("DELETE", path, { json });
export const removeTagged = (path, etag) => answer("DELETE", path, { etag });
export const postForm = (path, form, query, signal) => answer("POST", path, { form, query, signal });

/** Sends a file as it is, such as a frame of the camera; a Blob brings its type along. */
export const postFile = (path, file, signal) => answer("POST", path, { file, signal });

/** A value and the ETag that a later change of it must name. */
export async function getTagged(path, signal) {
  const response = await send("GET", path, { signal });
  return { value: await response.json(), etag: response.headers.get("ETag") };
}

/** Sends images a few at a time; `told(sent, total, answer)` after each request. */
export async function sendImages(path, files, fields, told) {
  for (let start = 0; start < files.length; start += IMAGES_A_REQUEST) {
    const part = files.slice(start, start + IMAGES_A_REQUEST);
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    for (const file of part) form.append("images", file, file.name);
    const response = await answer("POST", path, { form, creates: true });
    await told(start + part.length, files.length, response, part);
  }
}

/** Follows a job to its end: `told(job)` with all that is known of it, at each event. Gives its last state. */
export function follow(job, told) {
  return new Promise((resolve, reject) => {
    const events = new EventSource(`${ROOT}/jobs/${job.id}/events?lang=${language}`);
    const known = { ...job, failed: [], advice: [] };
    const on = (kind, change) =>
      events.addEventListener(kind, (event) => {
        change(JSON.parse(event.data));
        told(known);
      });
    on("progress", (progress) => Object.assign(known, progress));
    on("skipped", (file) => known.failed.push(file));
    on("advice", (advice) => known.advice.push(advice));
    on("neuronstep", (step) => Object.assign(known, { neuronstep: step }));
    on("state", (state) => {
      Object.assign(known, state);
      if (["queued", "running"].includes(state.state)) return;
      events.close();
      if (state.state === "failed") reject(new Problem({ code: state.error.code, title: state.error.detail }));
      else resolve(known);
    });
    events.onerror = () => {
      if (events.readyState === EventSource.CLOSED) reject(new Problem({}));
    };
  });
}

/** The address of a face's picture, 160 pixels wide. */
export const thumbnail = (face) => `${ROOT}/faces/${encodeURIComponent(face)}/thumbnail`;

/** The address of a whole photo's picture, 320 pixels wide. */
export const photoThumbnail = (photo) => `${ROOT}/photos/${photo}/thumbnail`;

/** The address of a whole photo as large as a screen shows it. */
export const photoPicture = (photo) => `${ROOT}/photos/${photo}/picture?side_px=1600`;

/** The address of a person's zip. */
export const exportOf = (person) => `${ROOT}/people/${person}/export`;
