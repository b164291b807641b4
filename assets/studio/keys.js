// Keys of one letter. They are off while something is written, and listed in the help dialog.

import { useEffect, useRef } from "preact/hooks";

const NAMES = {
  j: "next",
  k: "previous",
  n: "next page",
  p: "previous page",
  "/": "search",
  "?": "these keys",
  Escape: "close, or stop writing",
};
const layers = [];

// While the component is there, the keys call their functions: `useKeys({ j: next, x: ["what it does", once] })`. Of
// several components with the same key the newest gets it.
export function useKeys(keys) {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    layers.push(latest);
    return () => void layers.splice(layers.indexOf(latest), 1);
  }, []);
}

// [key, what it does], of all that do something now.
export function activeKeys() {
  const all = Object.assign({}, ...layers.map((layer) => layer.current));
  const about = (key, what) => (Array.isArray(what) ? what[0] : (NAMES[key] ?? key));
  return Object.entries(all)
    .filter(([, what]) => what)
    .map(([key, what]) => [key, about(key, what)]);
}

const writing = (element) => element.closest?.("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]");

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && writing(event.target)) return event.target.blur();
  if (writing(event.target) || document.querySelector("dialog[open]")) return;
  const layer = layers.findLast((one) => one.current[event.key]);
  if (!layer) return;
  const what = layer.current[event.key];
  event.preventDefault();
  (Array.isArray(what) ? what[1] : what)(event);
});
