// What views are made of.

import { html } from "htm/preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

export { ApiError, api, download, stream, useFetch } from "./net.js";
export { Blocks, Code, Output, Rich, pngAddress, visible } from "./rich.js";
export { useKeys } from "./keys.js";
export { go, link, runLink } from "./route.js";
export { html };

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
export const count = (value) => (value === null || value === undefined ? "" : number.format(value));
export const percent = (share, digits = 1) => (Number.isFinite(share) ? `${(100 * share).toFixed(digits)}%` : "");

const SAID = { right: ["✓", "right", "good"], wrong: ["✗", "wrong", "bad"] };

// Whether a solution is right: true, false, or null where nothing could be told. `outcome` says more, such as
// "truncated".
export function Verdict({ correct, outcome }) {
  const [sign, word, tone] = SAID[correct === true ? "right" : correct === false ? "wrong" : ""] ?? ["–", "not graded", "unsure"];
  const said = outcome && outcome !== word ? outcome : word;
  return html`<span class=${`verdict ${tone}`}><span aria-hidden="true">${sign}</span> ${said}</span>`;
}

// A small label; `tone` is good, bad, unsure or nothing.
export function Tag({ tone = "", children }) {
  return html`<span class=${`tag ${tone}`}>${children}</span>`;
}

// Which rows are shown, and the way to others: `onOffset(offset)`.
export function Pager({ offset, limit, total, onOffset, what = "rows" }) {
  const last = Math.min(offset + limit, total);
  return html`<nav class="pager" aria-label=${`Pages of ${what}`}>
    <button type="button" disabled=${offset <= 0} onClick=${() => onOffset(Math.max(0, offset - limit))}>Previous</button>
    <span aria-live="polite">${total ? `${count(offset + 1)}–${count(last)} of ${count(total)} ${what}` : `no ${what}`}</span>
    <button type="button" disabled=${last >= total} onClick=${() => onOffset(offset + limit)}>Next</button>
  </nav>`;
}

// A row of filters. `fields`: [{name, label, kind: "choice" | "search" | "check", options}] where options are values
// or {value, label, count}; `values` by name, "" where a filter is off; `onChange(values)` gets all of them. What is
// searched for comes once the person pauses.
export function Filters({ fields, values, onChange, label = "Filters" }) {
  const set = (name, value) => onChange({ ...values, [name]: value });
  return html`<form class="filters" role="search" aria-label=${label} onSubmit=${(event) => event.preventDefault()}>
    ${fields.map((field) => html`<${FIELDS[field.kind]} key=${field.name} field=${field} value=${values[field.name] ?? ""} onValue=${(value) => set(field.name, value)} />`)}
  </form>`;
}

function Choice({ field, value, onValue }) {
  const options = field.options.map((option) => (typeof option === "object" ? option : { value: option }));
  return html`<label>${field.label}
    <select value=${value} onChange=${(event) => onValue(event.currentTarget.value)}>
      <option value="">${field.any ?? "all"}</option>
      ${options.map(
        (one) => html`<option key=${one.value} value=${one.value} selected=${String(one.value) === String(value)}>${one.label ?? one.value}${one.count === undefined ? "" : ` (${count(one.count)})`}</option>`,
      )}
    </select>
  </label>`;
}

export function Search({ field, value, onValue }) {
  const [text, setText] = useState(value);
  const told = useRef(value);
  useEffect(() => {
    if (value !== told.current) setText((told.current = value));
  }, [value]);
  const tell = (next) => next !== told.current && onValue((told.current = next));
  useEffect(() => {
    const timer = setTimeout(() => tell(text), 250);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<label class="search">${field.label}
    <input type="search" data-search value=${text} placeholder=${field.placeholder ?? ""} maxlength="500"
      onInput=${(event) => setText(event.currentTarget.value)}
      onKeyDown=${(event) => event.key === "Enter" && tell(event.currentTarget.value)} />
  </label>`;
}

function Check({ field, value, onValue }) {
  return html`<label class="check">
    <input type="checkbox" checked=${Boolean(value)} onChange=${(event) => onValue(event.currentTarget.checked ? "1" : "")} />
    ${field.label}
  </label>`;
}

const FIELDS = { choice: Choice, search: Search, check: Check };

// Where there is nothing to show: why, and what to do.
export function Empty({ title, children }) {
  return html`<div class="empty"><p><b>${title}</b></p>${children && html`<p>${children}</p>`}</div>`;
}

export function Failure({ error, retry }) {
  return html`<div class="failure" role="alert">
    <p>${error?.message ?? String(error)}</p>
    ${retry && html`<button type="button" onClick=${retry}>Try again</button>`}
  </div>`;
}

export function Spinner({ label = "Loading" }) {
  return html`<p class="spinner" role="status"><span aria-hidden="true"></span>${label} …</p>`;
}

// A number that matters, with what it is.
export function Stat({ label, value, note }) {
  return html`<div class="stat"><dt>${label}</dt><dd>${value}${note && html`<small>${note}</small>`}</dd></div>`;
}

export function Stats({ children }) {
  return html`<dl class="stats">${children}</dl>`;
}

export function Details({ summary, open = false, children }) {
  const [shown, setShown] = useState(open);
  return html`<details open=${open} onToggle=${(event) => setShown(event.currentTarget.open)}>
    <summary>${summary}</summary>
    ${shown && html`<div class="inside">${children}</div>`}
  </details>`;
}

// A table that scrolls inside the page where it is wider. `head`: names; numbers are for the columns at these places.
export function Table({ caption, head, rows, numbers = [] }) {
  const kind = (at) => (numbers.includes(at) ? "number" : "");
  return html`<div class="wide" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption class="hidden">${caption}</caption>
      <thead><tr>${head.map((name, at) => html`<th scope="col" class=${kind(at)}>${name}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${row.map((cell, at) => (at ? html`<td class=${kind(at)}>${cell}</td>` : html`<th scope="row">${cell}</th>`))}</tr>`)}</tbody>
    </table>
  </div>`;
}

// Parts of a view of which one is seen. `tabs`: [[name, label], ...]; they are links, made by `address(name)`.
export function Tabs({ tabs, current, address, label = "Parts" }) {
  return html`<nav class="tabs" aria-label=${label}>
    ${tabs.map(([name, said]) => html`<a href=${address(name)} aria-current=${name === current ? "page" : undefined}>${said}</a>`)}
  </nav>`;
}

const TONES = { running: "good", broken: "bad", stopped: "unsure" };

// The head of a view of a run.
export function RunHead({ run, children }) {
  const id = useId();
  return html`<header class="run-head" aria-labelledby=${id}>
    <h1 id=${id}>${run.title}</h1>
    <p class="facts">
      <${Tag} tone=${TONES[run.state]}>${run.state}<//>
      ${Object.entries(run.facts).map(([name, value]) => html`<span><span class="dim">${name}</span> ${value}</span>`)}
      <code>${run.name.replaceAll("~", "/")}</code>
    </p>
    ${children}
  </header>`;
}

// "3 minutes ago", of seconds since 1970.
export function ago(seconds) {
  const past = Math.max(0, Date.now() / 1000 - seconds);
  const [size, unit] = [[86400, "day"], [3600, "hour"], [60, "minute"]].find(([length]) => past >= length) ?? [1, "second"];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(-Math.floor(past / size), unit);
}
