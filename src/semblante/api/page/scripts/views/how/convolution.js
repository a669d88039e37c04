/** Part 2: a convolution slides over the face: nine pixels times nine weights, summed, make one pixel of the map. */

import { html, icon } from "../../html.js";
import { decimal, t } from "../../texts.js";
import { chapter } from "./chapter.js";

const SIDE = 28;
const CELL = 12;
const MIDDLE = (SIDE * SIDE + SIDE) / 2;
const STEP_MS = 28;
/** The colours of a sum of 0, and of the greatest below and above it. */
const NOTHING = [16, 32, 40];
const BELOW = [70, 180, 250];
const ABOVE = [255, 176, 70];
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");

const KERNELS = () => [
  { title: t("Edges from left to right"), weights: [-1, 0, 1, -2, 0, 2, -1, 0, 1] },
  { title: t("Edges from top to bottom"), weights: [-1, -2, -1, 0, 0, 0, 1, 2, 1] },
  { title: t("Outlines"), weights: [-1, -1, -1, -1, 8, -1, -1, -1, -1] },
  { title: t("Soften"), weights: Array(9).fill(1 / 9) },
];

export function convolutionChapter(chosen, signal) {
  const machine = new Machine(signal);
  chosen.addEventListener("face", ({ detail }) => machine.begin(detail.crop));
  return chapter(
    2,
    t("A convolution slides over your face"),
    [
      t("The first layers look at tiny windows. Each has a few weights, its kernel. It multiplies, sums, and moves on by one pixel. What matches the kernel lights up."),
      t("Press play, or point at a pixel; with the keyboard, use the arrows."),
    ],
    machine.element,
  );
}

class Machine {
  #kernel = KERNELS()[0].weights;
  #grey = new Float32Array(SIDE * SIDE);
  #at = 0;
  #timer = 0;

  constructor(signal) {
    const side = SIDE * CELL;
    this.input = html`<canvas width=${side} height=${side} tabindex="0" role="img" aria-label=${t("Your face in grey, with the window of the kernel")}></canvas>`;
    this.output = html`<canvas width=${side} height=${side} role="img" aria-label=${t("What the kernel has found so far")}></canvas>`;
    this.cells = Array.from({ length: 9 }, () => html`<span><span></span><strong></strong></span>`);
    this.sum = html`<strong></strong>`;
    this.play = html`<button class="primary" aria-pressed="false">${icon("play")}${t("Play")}</button>`;
    this.play.addEventListener("click", () => (this.#timer ? this.#stop() : this.#start()));
    signal.addEventListener("abort", () => this.#stop());
    this.input.addEventListener("pointermove", (event) => this.#point(event));
    this.input.addEventListener("pointerdown", (event) => this.#point(event));
    this.input.addEventListener("keydown", (event) => this.#walk(event));
    this.element = html`<div class="side">
      <div class="pixels">
        <figure>${this.input}<figcaption>${t("The face, {side} × {side} pixels", { side: SIDE })}</figcaption></figure>
        <figure>${this.output}<figcaption>${t("The feature map")}</figcaption></figure>
      </div>
      <div class="stack">
        <div class="field">
          <label for="kernel">${t("Kernel")}</label>
          <select id="kernel" onchange=${(event) => this.#choose(Number(event.target.value))}>
            ${KERNELS().map(({ title }, place) => html`<option value=${place}>${title}</option>`)}
          </select>
        </div>
        <div class="kernel" aria-hidden="true">${this.cells}</div>
        <p>${t("Sum of the nine products:")} ${this.sum}</p>
        <div class="row">${this.play}</div>
      </div>
    </div>`;
  }

  /** Takes the face: grey values from 0 to 1. */
  begin(crop) {
    const small = new OffscreenCanvas(SIDE, SIDE).getContext("2d");
    small.drawImage(crop, 0, 0, SIDE, SIDE);
    const { data } = small.getImageData(0, 0, SIDE, SIDE);
    this.#grey = Float32Array.from({ length: SIDE * SIDE }, (_, at) => {
      const [red, green, blue] = data.subarray(4 * at, 4 * at + 3);
      return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
    });
    this.#at = MIDDLE;
    this.#draw(true);
  }

  #choose(place) {
    this.#kernel = KERNELS()[place].weights;
    this.#draw(true);
  }

  #start() {
    this.#at = 0;
    if (STILL.matches) {
      this.#at = SIDE * SIDE - 1;
      this.#draw();
      return;
    }
    this.play.ariaPressed = "true";
    this.#timer = setInterval(() => {
      this.#at += 1;
      this.#draw();
      if (this.#at >= SIDE * SIDE - 1) this.#stop();
    }, STEP_MS);
  }

  #stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.play.ariaPressed = "false";
  }

  #point(event) {
    this.#stop();
    const { left, top, width } = this.input.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top].map((px) => Math.min(SIDE - 1, Math.max(0, Math.floor((px / width) * SIDE))));
    this.#at = y * SIDE + x;
    this.#draw(true);
  }

  #walk(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -SIDE, ArrowDown: SIDE }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#stop();
    this.#at = Math.min(SIDE * SIDE - 1, Math.max(0, this.#at + step));
    this.#draw(true);
  }

  /** The value under a place of the kernel at a pixel; beyond the edge, the edge goes on. */
  #value(at, place) {
    const column = Math.min(SIDE - 1, Math.max(0, (at % SIDE) + (place % 3) - 1));
    const line = Math.min(SIDE - 1, Math.max(0, Math.floor(at / SIDE) + Math.floor(place / 3) - 1));
    return this.#grey[line * SIDE + column];
  }

  /** The sum of the nine products of values and weights at a pixel. */
  #sum(at) {
    return this.#kernel.reduce((sum, weight, place) => sum + weight * this.#value(at, place), 0);
  }

  /** Both pictures; of the map, all pixels up to the window, or `whole`. */
  #draw(whole = false) {
    const last = whole ? SIDE * SIDE - 1 : this.#at;
    const sums = Array.from({ length: last + 1 }, (_, at) => this.#sum(at));
    const most = Math.max(0.5, ...sums.map(Math.abs));
    paint(this.input, this.#grey, (value) => [value * 255, value * 255, value * 255]);
    paint(this.output, sums, (value) => NOTHING.map((dark, part) => dark + ((value < 0 ? BELOW : ABOVE)[part] - dark) * (Math.abs(value) / most)));
    const pen = this.input.getContext("2d");
    const [x, y] = [this.#at % SIDE, Math.floor(this.#at / SIDE)];
    pen.lineWidth = 3;
    pen.strokeStyle = "#ffb020";
    pen.strokeRect((x - 1) * CELL, (y - 1) * CELL, 3 * CELL, 3 * CELL);
    this.cells.forEach((cell, place) => {
      cell.firstChild.textContent = decimal(this.#value(this.#at, place));
      cell.lastChild.textContent = `× ${decimal(this.#kernel[place], Number.isInteger(this.#kernel[place]) ? 0 : 2)}`;
    });
    this.sum.textContent = decimal(sums[Math.min(this.#at, last)] ?? 0);
  }
}

function paint(canvas, values, colour) {
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, canvas.width, canvas.height);
  values.forEach((value, at) => {
    pen.fillStyle = `rgb(${colour(value).map(Math.round).join(" ")})`;
    pen.fillRect((at % SIDE) * CELL, Math.floor(at / SIDE) * CELL, CELL, CELL);
  });
}
