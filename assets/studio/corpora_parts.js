// What the parts of the corpus view share: names of places, bars, verdicts, marked text.

import { useEffect, useRef } from "preact/hooks";

import { Tag, count, html, percent, runLink } from "./parts.js";

export const addressOf = (run) => `/corpora/${run.kind}/${encodeURIComponent(run.name)}`;

// A path of the API with what is asked for; null and undefined are left out, "" stays.
export function asked(path, values) {
  const kept = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return kept.length ? `${path}?${new URLSearchParams(kept)}` : path;
}

const PLACES = { dataset: "the data set", dropped: "all that was dropped" };

// What a place of rows is called.
export function placeName(name) {
  const [what, stage] = name.split(":");
  return PLACES[name] ?? (what === "kept" ? `kept by ${stage}` : `dropped by ${stage}`);
}

// The list of rows that pass filters; "none" stands for rows that state nothing.
export const NONE = "\u2205";
export const rowsLink = (run, query) => runLink(run, ["rows"], query);
export const rowLink = (run, id, place) => runLink(run, ["row"], { id, place });

const TONES = { verified: "good", mismatch: "bad", error: "bad", timeout: "unsure", trivial: "unsure", unverifiable: "unsure" };

export function VerdictTag({ verdict, many }) {
  return html`<${Tag} tone=${Object.hasOwn(TONES, verdict ?? "") ? TONES[verdict] : ""}>${verdict ?? "not verified"}${many ? ` ${count(many)}` : ""}<//>`;
}

const COLOURS = ["first", "second", "third", "fourth", "fifth", "sixth"];
export const colourOf = (at) => `var(--${COLOURS[Math.min(at, COLOURS.length - 1)]})`;

// The names of colours, in their order; of those only that have something.
export function Legend({ names, has = () => true }) {
  return html`<p class="legend">${names.map((name, at) => has(name) && html`<span><i style=${{ background: colourOf(at) }}></i>${name}</span>`)}</p>`;
}

// Bars of parts: `groups` are {name, total, parts: [[name, amount]]}; `order` names the parts in the order of their
// colours; `address(group, part?)` leads to the rows, where there is one.
export function Bars({ groups, order, unit, address, share }) {
  const most = Math.max(1, ...groups.map((group) => group.total));
  return html`<ul class="bars">
    ${groups.map((group) => {
      const amounts = new Map(group.parts);
      return html`<li>
        <span class="bar-name">${address ? html`<a href=${address(group)}>${group.name}</a>` : group.name}</span>
        <span class="bar-track" aria-hidden="true">
          ${order.map((part, at) => amounts.get(part) > 0 && html`<i title=${`${part}: ${count(amounts.get(part))}`} style=${{ width: `${(100 * amounts.get(part)) / most}%`, background: colourOf(at) }}></i>`)}
        </span>
        <span class="bar-total">${count(group.total)} ${unit}</span>
        <span class="bar-parts dim">${order.filter((part) => amounts.get(part)).map((part) => html`<span>${part} ${count(amounts.get(part))}${share ? ` (${percent(amounts.get(part) / group.total, 0)})` : ""}</span>`)}</span>
      </li>`;
    })}
  </ul>`;
}

// A text in pieces of [text, marked]; `what` says what a mark means to those who do not see it.
export function Marked({ pieces, what = "marked", mark = (flag) => flag }) {
  return html`<div class="marked">${pieces.map(([text, flag]) => (mark(flag) ? html`<mark title=${what}>${text}</mark>` : text))}</div>`;
}

export function seconds(value) {
  return value < 60 ? `${value.toFixed(1)} s` : value < 7200 ? `${Math.round(value / 60)} min` : `${(value / 3600).toFixed(1)} h`;
}

// A formula that is wider than its place scrolls; so that keys can scroll it, it can have the focus. For the ref of what
// holds the formulas.
export function useReachable() {
  const box = useRef();
  useEffect(() => {
    let frame = 0;
    const look = () => {
      for (const element of box.current?.querySelectorAll(".tex-text, .tex-display") ?? []) {
        if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
        else element.removeAttribute("tabindex");
      }
    };
    const soon = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    const watch = new MutationObserver(soon);
    watch.observe(box.current, { childList: true, subtree: true });
    addEventListener("resize", soon);
    soon();
    return () => {
      watch.disconnect();
      removeEventListener("resize", soon);
      cancelAnimationFrame(frame);
    };
  }, []);
  return box;
}
