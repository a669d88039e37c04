/** Which view is open: `#/library/groups?x=1` is section "library" with the path ["groups"]. */

/** The place in the address: its section, the rest of its path, and its query. */
export function place() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [section, ...rest] = path.split("/").filter(Boolean).map(decodeURIComponent);
  return { section: section ?? "teach", path: rest, query: new URLSearchParams(query) };
}

/** The address of a place, for links. */
export function link(section, ...path) {
  return `#/${[section, ...path].map(encodeURIComponent).join("/")}`;
}

/** Marks which of the links to parts of a section leads to the place in the address; the first where it names no part. */
export function markCurrent(links) {
  const { section, path: [part = ""] } = place();
  const parts = [...links].filter(({ hash }) => hash.startsWith(`${link(section)}/`));
  const current = parts.find(({ hash }) => hash === link(section, part)) ?? parts[0];
  for (const each of parts) each.ariaCurrent = each === current ? "page" : null;
}

/** Opens a place; with `quietly` the browser's history keeps only the new one. */
export function go(hash, { quietly = false } = {}) {
  if (quietly) location.replace(hash);
  else location.hash = hash;
}
