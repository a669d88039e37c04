/** What views do with themselves and with changes. */

import { get, post } from "./api.js";

/** Shows the current view anew, where it is scrolled to. */
export const reload = () => window.dispatchEvent(new Event("refresh"));

/** Takes back a change by its number, and shows what is then. */
export async function undo(change) {
  await post(`/changes/${change}/undo`);
  reload();
}

/** What takes the change back that an answer of the service names, for a toast; nothing where nothing changed. */
export const undoable = ({ change }) => (change ? () => undo(change) : undefined);

/** Takes back what was changed last. */
export async function undoNewest() {
  const { changes } = await get("/changes", { limit: 1 });
  if (changes.length) await undo(changes[0].id);
}
