/** What a field says that cannot be taken as it is: in the page's language, which the browser need not speak. */

import { nt, t } from "./texts.js";

/** Speaks for all fields of the page, also for those that come later. */
export function speakForFields() {
  const capture = true;
  document.addEventListener("invalid", ({ target }) => target.validity.customError || target.setCustomValidity(complaint(target)), { capture });
  // A complaint keeps its field invalid, and of several choices each has one: a change takes all of them back.
  document.addEventListener("input", ({ target }) => [...(target.form?.elements ?? [])].forEach((each) => each.setCustomValidity("")), { capture });
}

/** How short a field may be, as it is said of the field, and in it. */
export const atLeast = (length) => nt("At least {count} character", "At least {count} characters", length);

function complaint({ validity, type, minLength }) {
  if (validity.valueMissing) return ["radio", "select-one"].includes(type) ? t("Please choose one of these.") : t("Please fill in this field.");
  if (validity.tooShort) return atLeast(minLength);
  // Only days have a limit: today.
  if (validity.rangeOverflow) return t("This day is still to come.");
  return t("This is not complete, or not valid.");
}
