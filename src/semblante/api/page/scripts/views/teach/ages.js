/** Growing up: the photos by age, the spans that have a neuron of their own, and the years that are missing. */

import { html } from "../../html.js";
import { notice } from "../../notices.js";
import { listed, nt, t } from "../../texts.js";

/** The step about ages, for a person with a date of birth. */
export function agesStep({ years, undated, missing }) {
  return html`<section class="step">
    <h2>${t("Growing up")}</h2>
    <p>${t("Faces change with the years. Where one neuron does not serve, each span of ages gets its own.")}</p>
    ${years.some(({ photos }) => photos > 0) && chart(years)}
    ${undated > 0 &&
    html`<p class="small quiet">
      ${nt("Of {count} photo the day is not known.", "Of {count} photos the day is not known.", undated)}
    </p>`}
    ${missing.length > 0 && notice("", "info", t("Photos from these ages would help: {ages}", { ages: listed(missing) }))}
    ${notice("warn", "info", t("This was measured on drawn faces that age, not on real children. Check the answers."))}
  </section>`;
}

/** Of many years, some are labelled. */
const LABELS = 10;

function chart(years) {
  const most = Math.max(...years.map(({ photos }) => photos));
  const step = [1, 2, 5, 10, 20].find((each) => years.length <= each * LABELS) ?? 50;
  return html`<ol role="list" class=${step > 2 ? "years many" : "years"} aria-label=${t("Photos at each age")}>
    ${years.map(
      ({ age, photos }) => html`<li class=${photos ? null : "missing"}>
        <i style=${{ height: `${(100 * photos) / most}%` }} aria-hidden="true"></i>
        <span aria-hidden="true">${age % step === 0 ? age : "\u00a0"}</span>
        <span class="spoken">${nt("Age {age}: {count} photo", "Age {age}: {count} photos", photos, { age })}</span>
      </li>`,
    )}
  </ol>`;
}
