/** How far a job is: its stage, a bar, the rate, the time left, each failed file with its reason, and a way to stop it. */

import { follow, remove } from "../api.js";
import { html, render } from "../html.js";
import { attempt } from "../notices.js";
import { decimal, duration, nt, number, t } from "../texts.js";

export class JobProgress extends HTMLElement {
  /** Follows a job to its end and gives its last state; `told(job)` hears each state. */
  async run(job, told = () => {}) {
    this.show(job);
    return follow(job, (state) => {
      this.show(state);
      told(state);
    });
  }

  /** Shows a job as it is. */
  show(job) {
    const running = ["queued", "running"].includes(job.state);
    const failed = job.failed ?? [];
    const open = this.querySelector("details")?.open ?? false;
    render(
      this,
      html`<div class="row spread">
        <strong>${this.#title(job)}</strong>
        ${running && this.#stopButton(job)}
      </div>`,
      this.#bar(job, running),
      html`<p class="small quiet">${this.#figures(job)}</p>`,
      job.error && html`<p><span class="sentence">${job.error.detail}</span></p>`,
      failed.length > 0 &&
        html`<details>
          <summary>${nt("{count} file could not be used", "{count} files could not be used", failed.length)}</summary>
          <ul>${failed.map(({ path, reason }) => html`<li><strong>${path}</strong>: ${reason.detail}</li>`)}</ul>
        </details>`,
    );
    const details = this.querySelector("details");
    if (details) details.open = open;
  }

  #stopButton(job) {
    const { id } = job;
    const isStopping = this.stopping === id;
    const stop = async () => {
      this.stopping = id;
      this.show(job);
      if (!(await attempt(() => remove(`/jobs/${id}`)))) this.stopping = null;
    };
    return html`<button id="stop-job" class="plain" disabled=${isStopping} onclick=${stop}>${isStopping ? t("Stopping …") : t("Stop")}</button>`;
  }

  #bar({ done, total, state }, running) {
    const bar = html`<progress aria-label=${t("Progress")}></progress>`;
    if (total > 0) {
      bar.max = total;
      bar.value = state === "done" ? total : done;
    } else if (!running) {
      bar.max = bar.value = 1;
    }
    return bar;
  }

  #title({ state, stage_text: stage }) {
    if (state === "queued") return t("Waiting for its turn");
    if (state === "done") return t("Done");
    if (state === "cancelled") return t("Stopped. What was done is kept.");
    if (state === "failed") return t("This did not work");
    return stage ?? t("Working");
  }

  #figures({ done, total, rate, eta_s: left, state }) {
    const parts = [];
    if (total > 0) parts.push(t("{done} of {total}", { done: number(done), total: number(total) }));
    if (state === "running" && rate > 0) parts.push(t("{rate} a second", { rate: decimal(rate, rate < 10 ? 1 : 0) }));
    if (state === "running" && left > 0) parts.push(t("{time} left", { time: duration(left) }));
    return parts.join(" · ");
  }
}
