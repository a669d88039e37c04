/** What views do with themselves and with changes. */

import { post } from "./api.js";

/** Shows the current view anew. */
export const reload = () => window.dispatchEvent(new HashChangeEvent("hashchange"));

/** What takes the change back that an answer of the service names, for a toast. */
export function undoable({ change }) {
  if (!change) return undefined;
  return async () => {
    await post(`/changes/${change}/undo`);
    reload();
  };
}
