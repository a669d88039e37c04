/**
 * A grid of a great many cells, of which only those in sight exist. It scrolls with the page, asks for more as its end
 * comes near, and is walked with the arrow keys. Cells that are scrolled past quickly show no pictures until it is slow
 * again: nobody sees them, and those that are wanted would wait behind them.
 */

const AHEAD_ROWS = 3;
const FAST_PX_PER_MS = 3;
const SETTLED_MS = 120;

export class VirtualGrid extends HTMLElement {
  #items = [];
  #cells = new Map();
  #current = 0;
  #columns = 1;
  #rowHeight = 1;
  #asked = false;
  #frame = 0;
  #last = { top: 0, at: 0 };
  #settling = 0;

  /** Set before it is shown: `cell(item, place)` makes a cell, `more()` gives further items or null at the end. */
  options = { cell: () => document.createElement("div"), more: async () => null, width: 132, height: 132, label: "" };

  connectedCallback() {
    this.setAttribute("role", "list");
    this.ariaLabel = this.options.label;
    this.leave = new AbortController();
    const { signal } = this.leave;
    window.addEventListener("scroll", () => this.#soon(), { passive: true, signal });
    this.addEventListener("keydown", (event) => this.#walk(event), { signal });
    this.addEventListener("focusin", (event) => this.#enter(event), { signal });
    this.sizes = new ResizeObserver(() => this.#measure());
    this.sizes.observe(this);
  }

  disconnectedCallback() {
    this.leave.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#settling);
  }

  #measure() {
    const { width, height } = this.options;
    const columns = Math.max(1, Math.floor(this.clientWidth / width));
    const rowHeight = Math.round((height * this.clientWidth) / columns / width);
    if (columns !== this.#columns || rowHeight !== this.#rowHeight) {
      this.#columns = columns;
      this.#rowHeight = rowHeight;
      this.style.setProperty("--cell-width", `${100 / columns}%`);
      this.style.setProperty("--cell-height", `${rowHeight}px`);
      this.#redraw();
    }
    this.#draw();
  }

  #redraw() {
    for (const cell of this.#cells.values()) cell.remove();
    this.#cells.clear();
    this.#draw();
  }

  #soon() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** Brings the cells in sight into being, and lets the others go. */
  #draw() {
    const rows = Math.ceil(this.#items.length / this.#columns);
    this.style.setProperty("height", `${rows * this.#rowHeight}px`);
    const { top } = this.getBoundingClientRect();
    const isFast = this.#isFast(top);
    const first = Math.max(0, Math.floor(-top / this.#rowHeight) - AHEAD_ROWS) * this.#columns;
    const shown = (Math.ceil(window.innerHeight / this.#rowHeight) + 2 * AHEAD_ROWS) * this.#columns;
    const last = Math.min(this.#items.length, first + shown);
    for (const [place, cell] of this.#cells) {
      if ((place < first || place >= last) && !cell.contains(document.activeElement)) {
        // Else a picture that is still on its way would keep those in sight waiting.
        for (const picture of cell.querySelectorAll("img")) picture.removeAttribute("src");
        cell.remove();
        this.#cells.delete(place);
      }
    }
    for (let place = first; place < last; place += 1) {
      if (this.#cells.has(place)) continue;
      this.#cells.set(place, this.#cell(place));
      this.#cells.get(place).classList.toggle("passing", isFast);
    }
    if (first + shown >= this.#items.length) this.#more();
  }

  #isFast(top) {
    const at = performance.now();
    const isFast = Math.abs(top - this.#last.top) > FAST_PX_PER_MS * (at - this.#last.at);
    this.#last = { top, at };
    if (isFast) {
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => {
        for (const cell of this.querySelectorAll(":scope > .passing")) cell.classList.remove("passing");
      }, SETTLED_MS);
    }
    return isFast;
  }

  #cell(place) {
    const cell = document.createElement("div");
    cell.setAttribute("role", "listitem");
    cell.dataset.place = place;
    cell.style.setProperty("transform", `translate(${100 * (place % this.#columns)}%, ${Math.floor(place / this.#columns) * this.#rowHeight}px)`);
    cell.append(this.options.cell(this.#items[place], place));
    this.append(cell);
    return cell;
  }

  async #more() {
    if (this.#asked) return;
    this.#asked = true;
    const further = await this.options.more();
    if (further === null || !this.isConnected) return;
    this.#items.push(...further);
    this.#asked = false;
    this.#soon();
  }

  #enter(event) {
    const cell = event.target.closest("[data-place]");
    if (cell) this.#current = Number(cell.dataset.place);
  }

  #walk(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.#columns, ArrowUp: -this.#columns };
    const step = steps[event.key];
    if (!step || event.target.matches("input, select, textarea")) return;
    const next = this.#current + step;
    if (next < 0 || next >= this.#items.length) return;
    event.preventDefault();
    if (!this.#cells.has(next)) this.#cells.set(next, this.#cell(next));
    const cell = this.#cells.get(next);
    cell.querySelector("button, a")?.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest" });
    this.#current = next;
  }
}
