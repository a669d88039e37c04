/** What the photos of a person must show together, as the coach measures it. */

import { t } from "../../texts.js";

const PARTS = () => ({
  ahead: { label: t("Looking ahead"), hint: t("three photos of different moments") },
  left: { label: t("Looking to the left"), hint: t("the head turned, both eyes seen") },
  right: { label: t("Looking to the right"), hint: t("the head turned, both eyes seen") },
  light: { label: t("Light from different sides"), hint: t("another room, another hour") },
  glasses: { label: t("Without glasses"), hint: t("at least now and then") },
  hat: { label: t("Without a hat"), hint: t("at least now and then") },
});

/** The coach's checks `{ part, share }` as parts of a ring. */
export function ringParts(checks) {
  const known = PARTS();
  return checks.map(({ part, share }) => ({ ...known[part], share }));
}
