/** What the page says: English sentences in the code, Spanish ones from the project's catalogue; numbers and dates. */

const COOKIE = /(?:^|; )lang=(en|es)(?:;|$)/;
const HARD_SPACE = "\u00a0";
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

export const language = COOKIE.exec(document.cookie)?.[1] ?? (/^es\b/i.test(navigator.language) ? "es" : "en");
let spanish = {};

/** Fetches the Spanish sentences where they are wanted. */
export async function loadTexts() {
  document.documentElement.lang = language;
  if (language === "en") return;
  const response = await fetch(`/api/v1/texts?lang=${language}`);
  if (response.ok) spanish = await response.json();
}

/** Another language for this browser, from now on. */
export function useLanguage(chosen) {
  document.cookie = `lang=${chosen}; path=/; max-age=31536000; SameSite=Strict`;
  location.reload();
}

/** The sentence in the reader's language, with `{name}` replaced by `values.name`. */
export function t(english, values = {}) {
  const sentence = spanish[english] || english;
  return sentence.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? values[name] : hole));
}

/** The same for a sentence with a count: `{count}` is that count. */
export function nt(singular, plural, count, values = {}) {
  return t(count === 1 ? singular : plural, { count: number(count), ...values });
}

const written = (value, options) => new Intl.NumberFormat(language, options).format(value).replace("-", "\u2212");

export const number = (value) => written(value);

export const decimal = (value, digits = 2) =>
  written(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A share of 1 as a percentage. */
export const percent = (share, digits = 0) =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: digits }).format(share);

/** A probability as a percentage that never claims to be certain. */
export function probability(share) {
  if (share > 0.999) return `>${HARD_SPACE}${percent(0.999, 1)}`;
  if (share < 0.001) return `<${HARD_SPACE}${percent(0.001, 1)}`;
  return percent(share, share < 0.1 || share > 0.9 ? 1 : 0);
}

/** A rate such as 0.001 as people say it: "1 in 1,000". */
export const oneIn = (rate) => t("1 in {count}", { count: number(Math.round(1 / rate)) });

export const date = (value) => new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(new Date(value));

export const moment = (value) =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(value));

/** A size on the disk, with the unit that suits it. */
export function bytes(size) {
  const step = size < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(size) / 3));
  // The short form of bytes has no plural: "0 byte".
  const unitDisplay = step === 0 ? "long" : "short";
  const options = { style: "unit", unit: UNITS[step], unitDisplay, maximumFractionDigits: step > 1 ? 1 : 0 };
  return new Intl.NumberFormat(language, options).format(size / 1000 ** step);
}

/** A time left, roughly. */
export function duration(seconds) {
  if (seconds < 60) return nt("{count} second", "{count} seconds", Math.max(1, Math.round(seconds)));
  if (seconds < 5400) return nt("{count} minute", "{count} minutes", Math.round(seconds / 60));
  return nt("{count} hour", "{count} hours", Math.round(seconds / 3600));
}

/** Names as a list: "Ana, Bo and Cleo". */
export const listed = (names) => new Intl.ListFormat(language, { type: "conjunction" }).format(names);

/** Today, as a date field has it, where the reader is. */
export function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
