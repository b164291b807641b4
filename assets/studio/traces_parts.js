// What the views of evaluations share.

import { useEffect, useState } from "preact/hooks";

import { Failure, Rich, count, html, percent, useFetch } from "./parts.js";

export const PAGE = 50;
const FILTERS = ["text", "part", "benchmark", "outcome", "error", "rounds", "level", "subject", "vote", "problem", "sort"];

// The address below /traces of a run, with the filters that are set and whatever else is asked.
export function tracesPath(run, rest, query = {}) {
  const asked = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const path = ["traces", run, ...rest].map(encodeURIComponent).join("/");
  return `/${path}?${new URLSearchParams(asked)}`;
}

// What became of a problem between two runs: the tone, and what it means.
export const KINDS = {
  fixed: ["good", "fixed: right in the second only"],
  broken: ["bad", "broken: right in the first only"],
  "both wrong": ["unsure", "wrong in both"],
  "both right": ["", "right in both"],
};

// Of the names in an address those of filters that are set: of solutions, of problems of a comparison.
export const narrowed = (query, names = ["kind", "benchmark", "text"]) => Object.fromEntries(names.filter((name) => query[name]).map((name) => [name, query[name]]));
export const filtersOf = (query) => narrowed(query, FILTERS);

const PHASES = { waiting: "Waiting for another run to be indexed", rows: "Indexing the solutions", votes: "Counting votes" };

// How far the index of a run is, while it is not ready; what could not be read.
export function IndexState({ state, what = "" }) {
  if (!state) return null;
  if (state.phase === "failed") return html`<${Failure} error=${`${what}cannot be indexed: ${state.error}`} />`;
  return html`<div class="trace-index">
    ${state.phase !== "ready" &&
    html`<p role="status"><label>${what}${PHASES[state.phase]}: ${percent(state.done, 0)}, ${count(state.rows)} ${state.rows === 1 ? "solution" : "solutions"} so far
      <progress max="1" value=${state.done}></progress></label></p>`}
    ${state.bad > 0 &&
    html`<p class="notice">${count(state.bad)} ${state.bad === 1 ? "line is" : "lines are"} left out: ${state.why}</p>`}
  </div>`;
}

// What a path of runs answers, again and again while one of them is running or its index is not ready. `statesOf`
// gives the states of the indexes that are in the answer.
export function usePolled(path, running, statesOf) {
  const [every, setEvery] = useState(0);
  const fetched = useFetch(path, { every });
  const busy = fetched.data && statesOf(fetched.data).some((state) => !["ready", "failed"].includes(state.phase));
  const wanted = busy ? 700 : running ? 3000 : 0;
  useEffect(() => setEvery(wanted), [wanted]);
  return fetched;
}

// A share of problems, with its interval as text and drawn.
export function Share({ share }) {
  if (!share?.total) return html`<span class="dim">–</span>`;
  const [low, high] = share.interval;
  return html`<span class="trace-share">
    <b>${percent(share.count / share.total)}</b>
    <span class="dim">${percent(low)} to ${percent(high)}</span>
    <${Interval} value=${share.count / share.total} low=${low} high=${high} />
  </span>`;
}

// A value with its interval on a line from `from` to `to`.
export function Interval({ value, low, high, from = 0, to = 1 }) {
  const at = (share) => 2 + (96 * (share - from)) / (to - from);
  return html`<svg class="trace-interval" viewBox="0 0 100 12" aria-hidden="true" preserveAspectRatio="none">
    <line x1="2" x2="98" y1="6" y2="6" class="track" />
    ${from < 0 && html`<line x1=${at(0)} x2=${at(0)} y1="1" y2="11" class="zero" />`}
    <rect x=${at(low)} width=${Math.max(0.5, at(high) - at(low))} y="4" height="4" class="span" />
    <rect x=${at(value) - 0.9} width="1.8" y="1" height="10" class="point" />
  </svg>`;
}

// An answer or a reference: as a formula where it is written as one.
export function Answer({ text }) {
  if (text === null || text === undefined || text === "") return html`<span class="dim">none</span>`;
  const formula = /[\\^_]/.test(text) && !/\$|\\[([]/.test(text) && text.length < 300;
  return html`<${Rich} class="trace-answer" text=${formula ? `$${text.trim()}$` : text} />`;
}

// Nested values by the names that lead to them: [["asking.style", "code"], ...].
export function leaves(value, path = "") {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [[path, Array.isArray(value) ? value.join(", ") : String(value ?? "none")]];
  return Object.entries(value).flatMap(([name, inside]) => leaves(inside, path ? `${path}.${name}` : name));
}
