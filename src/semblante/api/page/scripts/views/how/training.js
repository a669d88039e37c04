/** Part 6: how the bundled model learned, and the three commands that train one of your own. */

import { html } from "../../html.js";
import { decimal, number, percent, t } from "../../texts.js";
import { chapter } from "./chapter.js";

const COMMANDS = `semblante prepare celeba prepared
semblante train prepared my-model --recipe modern
semblante evaluate my-model prepared --split val`;

export function trainingChapter({ history, best_epoch: best, parameters, attributes }) {
  const last = history.at(-1).epoch;
  const epochs = { label: t("epoch"), low: 1, high: last, format: number };
  const losses = [
    { name: t("training"), points: history.map((row) => [row.epoch, row.train_loss]) },
    { name: t("validation"), points: history.map((row) => [row.epoch, row.val_loss]) },
  ];
  const rates = [
    { name: t("accuracy"), points: history.map((row) => [row.epoch, row.accuracy]) },
    { name: t("always the commoner answer"), points: history.map((row) => [row.epoch, row.majority_baseline]) },
  ];
  return chapter(
    6,
    t("How the bundled model learned"),
    [
      t("In each epoch the network saw every photo once and corrected its {parameters} weights a little. The dotted line marks the epoch that was kept.", { parameters: number(parameters) }),
      t("Accuracy alone flatters: whoever always gives the commoner answer is right often. {attributes} attributes are measured against that.", { attributes: attributes.length }),
    ],
    html`<div class="side">
      ${curve(t("The error falls"), losses, epochs, t("loss"), (value) => decimal(value), best)}
      ${curve(t("The accuracy rises"), rates, epochs, t("accuracy"), (value) => percent(value), best)}
    </div>`,
    html`<section class="stack">
      <h3>${t("Train your own in three commands")}</h3>
      <p>${t("With CelebA on your disk and PyTorch installed:")}</p>
      <pre tabindex="0"><code>${COMMANDS}</code></pre>
    </section>`,
  );
}

function curve(title, series, x, label, format, at) {
  const values = series.flatMap(({ points }) => points.map(([, y]) => y));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const edge = (most - least) * 0.08;
  return html`<figure class="stack">
    <h3>${title}</h3>
    <line-chart chart=${{ label: title, series, x, y: { label, low: least - edge, high: most + edge, format }, at }}></line-chart>
  </figure>`;
}
