// Addresses inside the page: #/solve, #/runs/NAME/PART?name=value.

// The address of a path (its parts, each any text) and a query; values that are "" are left out.
export function link(parts, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const search = new URLSearchParams(kept).toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${search && `?${search}`}`;
}

export const runLink = (run, rest = [], query = {}) => link(["runs", run.name ?? run, ...rest], query);

// Goes there. With `replace` the way back leads past what is seen now (for filters that change while one writes).
export function go(address, { replace = false } = {}) {
  if (address === location.hash) return;
  if (!replace) location.hash = address;
  else {
    history.replaceState(null, "", address);
    dispatchEvent(new HashChangeEvent("hashchange"));
  }
}

// {parts, query} of a hash.
export function read(hash) {
  const [path, search = ""] = hash.replace(/^#?\/?/, "").split(/\?(.*)/s);
  return { parts: path.split("/").filter(Boolean).map(decoded), query: Object.fromEntries(new URLSearchParams(search)) };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
