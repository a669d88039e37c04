/** Long listings, a page at a time. */

import { get } from "./api.js";

/** A function that gives the `items` of the next page, or null after the last; `first` is a page that is here already. */
export function pages(path, query, items, first, signal) {
  let page = first;
  return async () => {
    if (page === null) return null;
    const { [items]: found, next: cursor } = await page;
    // The next page is on its way while this one is shown.
    page = cursor ? get(path, { ...query, cursor }, signal) : null;
    return found;
  };
}

/** All `items` of a listing, however many pages it has. */
export async function all(path, items, signal) {
  const found = [];
  let cursor = null;
  do {
    const { [items]: shown, next } = await get(path, { limit: 200, cursor }, signal);
    found.push(...shown);
    cursor = next;
  } while (cursor);
  return found;
}
