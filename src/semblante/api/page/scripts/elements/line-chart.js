/** Curves over a common axis, with a grid, a legend and the same numbers as a table for those who cannot see them. */

import { html, render, svg } from "../html.js";
import { t } from "../texts.js";

const WIDTH = 640;
const HEIGHT = 300;
const EDGE = { left: 74, right: 16, top: 14, bottom: 54 };

/** Round steps between two values, about `wanted` of them. */
function ticks(low, high, wanted = 5) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-6; value += step) found.push(value);
  return found;
}

export class LineChart extends HTMLElement {
  /**
   * `{ label, series: [{ name, points: [[x, y], …] }], x: { label, low, high, format }, y: { … }, at }`.
   * `at` is an x that a line marks.
   */
  set chart({ label, series, x, y, at }) {
    const right = WIDTH - EDGE.right;
    const bottom = HEIGHT - EDGE.bottom;
    const across = (value) => EDGE.left + ((value - x.low) / (x.high - x.low || 1)) * (right - EDGE.left);
    const down = (value) => bottom - ((value - y.low) / (y.high - y.low || 1)) * (bottom - EDGE.top);
    const path = (points) =>
      points.map(([px, py], place) => `${place ? "L" : "M"}${across(px).toFixed(1)} ${down(py).toFixed(1)}`).join("");
    render(
      this,
      html`<svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${label}>
        ${ticks(y.low, y.high).map(
          (value) => svg`<line class="grid" x1=${EDGE.left} x2=${right} y1=${down(value)} y2=${down(value)}></line>
            <text class="tick end" x=${EDGE.left - 8} y=${down(value) + 5}>${y.format(value)}</text>`,
        )}
        ${ticks(x.low, x.high, 6).map(
          (value) => svg`<text class="tick middle" x=${across(value)} y=${bottom + 22}>${x.format(value)}</text>`,
        )}
        <line class="axis" x1=${EDGE.left} x2=${right} y1=${bottom} y2=${bottom}></line>
        <text class="title middle" x=${(EDGE.left + right) / 2} y=${HEIGHT - 6}>${x.label}</text>
        ${series.map(({ points }, place) => svg`<path class=${`curve curve-${place}`} d=${path(points)}></path>`)}
        ${at !== undefined && svg`<line class="mark" x1=${across(at)} x2=${across(at)} y1=${EDGE.top} y2=${bottom}></line>`}
      </svg>`,
      series.length > 1 &&
        html`<ul role="list" class="legend">
          ${series.map(({ name }, place) => html`<li class=${`key-${place}`}>${name}</li>`)}
        </ul>`,
      this.#table(series, x, y),
    );
  }

  #table(series, x, y) {
    const rows = series[0].points.map(([value], row) => [value, ...series.map(({ points }) => points[row]?.[1])]);
    return html`<details class="numbers">
      <summary>${t("The numbers")}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("The numbers")}>
        <table>
          <thead><tr><th>${x.label}</th>${series.map(({ name }) => html`<th class="number">${name}</th>`)}</tr></thead>
          <tbody>
            ${rows.map(
              ([first, ...rest]) => html`<tr>
                <td>${x.format(first)}</td>
                ${rest.map((value) => html`<td class="number">${value === undefined ? "" : y.format(value)}</td>`)}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
  }
}
