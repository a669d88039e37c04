/** Starts the page: the texts, the frame with its sections, and the view that the address names. */

import { Problem } from "./api.js";
import "./elements/index.js";
import { html, icon, render } from "./html.js";
import { closeDialogs, problemNotice } from "./notices.js";
import { markCurrent, place } from "./router.js";
import { beginSession, signedOutView } from "./session.js";
import { language, loadTexts, t, useLanguage } from "./texts.js";
import { speakForFields } from "./validity.js";
import { unlockView } from "./views/unlock.js";

const SECTIONS = () => [
  { name: "teach", label: t("Teach"), symbol: "teach", load: () => import("./views/teach.js") },
  { name: "recognise", label: t("Recognise"), symbol: "recognise", load: () => import("./views/recognise.js") },
  { name: "library", label: t("Library"), symbol: "library", load: () => import("./views/library.js") },
  { name: "how", label: t("How it works"), symbol: "neuron", load: () => import("./views/how.js") },
  { name: "held", label: t("What is held"), symbol: "shield", load: () => import("./views/held.js") },
];

let leave = new AbortController();

function frame(sections) {
  const other = language === "en" ? { code: "es", name: "Español" } : { code: "en", name: "English" };
  return html`
    <a class="skip button" href="#content" onclick=${skip}>${t("Skip to the content")}</a>
    <header class="bar">
      <a class="brand" href="#/teach"><img src="/page/icon.svg" alt="" width="30" height="30">Semblante</a>
      <nav class="sections" aria-label=${t("Sections")}>
        ${sections.map(({ name, label, symbol }) => html`<a href=${`#/${name}`} id=${`section-${name}`}>${icon(symbol)}<span>${label}</span></a>`)}
      </nav>
      <div class="tools">
        <button lang=${other.code} onclick=${() => useLanguage(other.code)}>${other.name}</button>
      </div>
    </header>
    <main id="content" tabindex="-1"></main>
    <footer class="foot"><p>${t("Everything stays on this computer. Nothing is sent anywhere.")}</p></footer>
    <div id="toasts" class="toasts" role="status" aria-live="polite"></div>`;
}

function skip(event) {
  event.preventDefault();
  document.getElementById("content").focus();
}

/** Shows the view of the address; what the last one had open (camera, requests) ends by its signal. */
async function show(sections, moved) {
  const { section, path, query } = place();
  const current = sections.find(({ name }) => name === section) ?? sections[0];
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  for (const { name } of sections) {
    const isCurrent = name === current.name;
    document.getElementById(`section-${name}`).ariaCurrent = isCurrent ? "page" : null;
  }
  document.title = `${current.label} · Semblante`;
  const main = document.getElementById("content");
  const wasFocused = main.contains(document.activeElement);
  main.classList.toggle("full", current.name === "library");
  if (moved) {
    // The view that is left is still seen until the new one is there: what it had open goes, and the tab changes at once.
    closeDialogs();
    markCurrent(main.querySelectorAll(".tabs a"));
    main.ariaBusy = "true";
  }
  try {
    const { default: view } = await current.load();
    const content = await view({ path, query, signal });
    if (signal.aborted) return;
    present(main, content);
    if (moved) focusOn(main);
    else if (wasFocused && !main.contains(document.activeElement)) main.focus({ preventScroll: true });
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    if (!(error instanceof Problem)) console.error(error);
    present(main, insteadOf(error, () => show(sections, true)));
  }
}

function present(main, content) {
  main.ariaBusy = null;
  render(main, content);
}

/** What is shown where a view cannot be. */
function insteadOf(error, again) {
  if ([401, 423].includes(error.status)) closeDialogs();
  if (error.status === 401) return signedOutView();
  if (error.status === 423) return unlockView(again);
  return html`<div class="view"><h1>${t("This did not work")}</h1>${problemNotice(error)}</div>`;
}

function focusOn(main) {
  window.scrollTo(0, 0);
  const title = main.querySelector("h1");
  title?.setAttribute("tabindex", "-1");
  (title ?? main).focus({ preventScroll: true });
}

async function start() {
  await loadTexts();
  const sections = SECTIONS();
  render(document.body, frame(sections));
  speakForFields();
  window.addEventListener("hashchange", () => show(sections, true));
  window.addEventListener("refresh", () => show(sections, false));
  // Without a session the view says so.
  await beginSession().catch(() => null);
  await show(sections, false);
}

start();
